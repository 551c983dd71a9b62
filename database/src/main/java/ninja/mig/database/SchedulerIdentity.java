package ninja.mig.database;

import ninja.mig.model.Investigator;

/**
 * The scheduler as an investigator, with its private key, which never leaves the scheduler.
 *
 * @param privateKey armored
 * @param isNew this call has created it
 */
public record SchedulerIdentity(Investigator investigator, byte[] privateKey, boolean isNew) {

    public SchedulerIdentity {
        privateKey = privateKey.clone();
    }

    @Override
    public byte[] privateKey() {
        return privateKey.clone();
    }

    /** A key pair that was just generated. */
    public record NewKey(String pgpFingerprint, byte[] publicKey, byte[] privateKey) {
        @Override
        public String toString() {
            return "NewKey[" + pgpFingerprint + "]";
        }
    }

    /** Generates the scheduler's key pair. Called at most once. */
    @FunctionalInterface
    public interface KeyMaker {
        NewKey make();
    }

    @Override
    public String toString() {
        return "SchedulerIdentity[" + investigator + "]";
    }
}
