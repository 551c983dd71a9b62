package ninja.mig.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import ninja.mig.runtime.Routines;

/**
 * Questions over HTTP that an agent asks again and again, of servers that may be hostile. Who sends a byte now and then, and so
 * keeps within every limit of a socket, has his connection closed at the time limit; and nobody is asked while an earlier
 * question hangs, so that the threads never become more.
 */
final class HttpQuestions {
    static {
        // What Java keeps for the next question it reads to its end first, however long that takes.
        System.setProperty("http.keepAlive", "false");
    }

    private static final long PAUSE_MILLIS = 200;

    private final String what;
    private final Duration limit;
    private Optional<Asking> last = Optional.empty();

    /**
     * @param what names the threads
     * @param limit of one question, with all its connections
     */
    HttpQuestions(String what, Duration limit) {
        this.what = what;
        this.limit = limit;
    }

    /** What is asked, by connections of {@link Asking#open}. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Asking asking) throws IOException;
    }

    /**
     * Asks, from one thread at a time.
     *
     * @throws IOException that of the question, or one that says that the answer is late, or that the one before still is
     */
    <T> T ask(Question<T> question) throws IOException, InterruptedException {
        if (last.isPresent() && !last.get().hasEnded()) {
            throw new IOException("the question before is not answered yet");
        }
        Asking asking = new Asking(what + "-end");
        last = Optional.of(asking);
        try {
            return TimeLimit.call(what, limit, () -> {
                try {
                    return question.ask(asking);
                } finally {
                    asking.end();
                }
            });
        } finally {
            asking.cut();
        }
    }

    /** One question, while it is asked. */
    static final class Asking {
        private final String cutting;
        private Optional<HttpURLConnection> connection = Optional.empty();
        private Optional<Thread> cutter = Optional.empty();
        private boolean late;
        private boolean ended;

        private Asking(String cutting) {
            this.cutting = cutting;
        }

        /**
         * A connection that is not made yet, follows no redirection, and is closed at the time limit.
         *
         * @throws IOException if it is too late for one
         */
        synchronized HttpURLConnection open(URI resource, Proxy proxy) throws IOException {
            check();
            HttpURLConnection opened = (HttpURLConnection) resource.toURL().openConnection(proxy);
            opened.setInstanceFollowRedirects(false);
            opened.setUseCaches(false);
            connection = Optional.of(opened);
            return opened;
        }

        /** Makes the connection, and gives it up if that took too long. */
        void connect(HttpURLConnection opened) throws IOException {
            opened.connect();
            check();
        }

        /** Reads up to so many bytes, or to the end. */
        byte[] read(InputStream in, int max) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            while (bytes.size() < max) {
                int next = in.read();
                if (next < 0) {
                    break;
                }
                bytes.write(next);
                check();
            }
            return bytes.toByteArray();
        }

        private synchronized void check() throws IOException {
            if (late) {
                throw new IOException("it is too late");
            }
        }

        private synchronized void end() {
            ended = true;
            notifyAll();
        }

        private synchronized boolean hasEnded() {
            return ended;
        }

        /** Closes the connection of a question that hangs, in a thread, since that may wait for who reads from it. */
        private synchronized void cut() {
            late = true;
            if (!ended && connection.isPresent() && cutter.isEmpty()) {
                HttpURLConnection hanging = connection.get();
                cutter = Optional.of(Routines.thread(cutting, () -> cut(hanging)));
                cutter.get().start();
            }
        }

        /** What is not connected yet cannot be closed, and may hang after that. */
        private void cut(HttpURLConnection hanging) {
            try {
                do {
                    hanging.disconnect();
                } while (!endsSoon());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized boolean endsSoon() throws InterruptedException {
            if (!ended) {
                wait(PAUSE_MILLIS);
            }
            return ended;
        }
    }
}
