package ninja.mig.acl;

import ninja.mig.model.RejectedException;

/** The signers of an action may not run one of its operations; none of them runs. */
public final class PermissionDeniedException extends RejectedException {
    private static final long serialVersionUID = 1L;

    public PermissionDeniedException(String message) {
        super(message);
    }
}
