package ninja.mig.agent;

import ninja.mig.agent.service.HostProcessors;

/**
 * The processors that modules may use: half of the host's, all modules together. One that starts while others run gets what
 * they leave. Each gets one at least, so more modules than that use more.
 */
final class Processors {
    private int left;

    /**
     * @param host how many this host has
     * @param granted how many of them this process may use: the agent's service has a quota already
     */
    Processors(int host, int granted) {
        this.left = Math.max(1, Math.min(granted, host / 2));
    }

    static Processors ofThisHost() {
        return new Processors(HostProcessors.count(), Runtime.getRuntime().availableProcessors());
    }

    /** What a module is given until its share is closed. */
    final class Share implements AutoCloseable {
        private final int count;

        private Share(int count) {
            this.count = count;
        }

        int count() {
            return count;
        }

        @Override
        public void close() {
            synchronized (Processors.this) {
                left += count;
            }
        }
    }

    /** For one more module. */
    synchronized Share take() {
        Share share = new Share(Math.max(1, left));
        left -= share.count();
        return share;
    }
}
