package ninja.mig.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who a server runs as: we ourselves, or, because PostgreSQL refuses to run as root, somebody with fewer rights. */
final class UnprivilegedUser {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Empty if we are not root: commands run as they are. */
    private final Optional<String> name;

    private final List<String> prefix;

    private UnprivilegedUser(Optional<String> name, List<String> prefix) {
        this.name = name;
        this.prefix = prefix;
    }

    static UnprivilegedUser find() throws IOException {
        if (!isRoot()) {
            return new UnprivilegedUser(Optional.empty(), List.of());
        }
        for (String user : List.of("postgres", "nobody")) {
            Commands.Ended group = Commands.run(Path.of("/"), LIMIT, List.of("id", "-g", user));
            if (group.status() == 0) {
                return new UnprivilegedUser(Optional.of(user), prefix(user, group.output()));
            }
        }
        throw new IOException("PostgreSQL does not run as root, and there is neither a user postgres nor nobody:"
                + " start this as an ordinary user");
    }

    private static boolean isRoot() throws IOException {
        return Commands.succeed(Path.of("/"), LIMIT, List.of("id", "-u")).equals("0");
    }

    private static List<String> prefix(String user, String group) throws IOException {
        Optional<Path> setpriv = Commands.onPath("setpriv");
        if (setpriv.isPresent()) {
            return List.of(setpriv.get().toString(), "--reuid=" + user, "--regid=" + group, "--clear-groups");
        }
        Path runuser = Commands.onPath("runuser")
                .orElseThrow(() -> new IOException("PostgreSQL does not run as root, and neither setpriv nor runuser"
                        + " is installed: start this as an ordinary user"));
        return List.of(runuser.toString(), "-u", user, "--");
    }

    /** The command that runs the given one as this user. */
    List<String> command(List<String> command) {
        List<String> full = new ArrayList<>(prefix);
        full.addAll(command);
        return full;
    }

    /** Hands over a directory that we made. */
    void take(Path path) throws IOException {
        if (name.isEmpty()) {
            return;
        }
        UserPrincipalLookupService users = path.getFileSystem().getUserPrincipalLookupService();
        try {
            UserPrincipal owner = users.lookupPrincipalByName(name.get());
            Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setOwner(owner);
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException("user " + name.get() + " is gone", e);
        }
    }

    /** Fails with a message for people if this user cannot get at a directory because of the directories above it. */
    void requireAccess(Path directory) throws IOException {
        if (name.isPresent()
                && Commands.run(Path.of("/"), LIMIT, command(List.of("test", "-x", directory.toString())))
                                .status()
                        != 0) {
            throw new IOException("PostgreSQL runs as user " + name.get() + ", who cannot reach " + directory
                    + ": choose a place below directories that everybody may pass through, such as /var/lib");
        }
    }
}
