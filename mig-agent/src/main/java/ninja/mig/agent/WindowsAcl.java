package ninja.mig.agent;

import java.io.IOException;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryFlag;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may touch the agent's files on Windows: SYSTEM, as which services run, the administrators, and the user who made
 * them. What stands above, and lets all users read or write, is no longer inherited.
 */
final class WindowsAcl {
    private static final Logger log = LoggerFactory.getLogger(WindowsAcl.class);

    private static final List<String> NAMES = List.of("NT AUTHORITY\\SYSTEM", "BUILTIN\\Administrators");

    private WindowsAcl() {}

    /** @param isDirectory whether what is made in it later is to have the same */
    static void apply(AclFileAttributeView view, UserPrincipalLookupService users, boolean isDirectory)
            throws IOException {
        List<UserPrincipal> entitled = new ArrayList<>(List.of(view.getOwner()));
        for (String name : NAMES) {
            try {
                entitled.add(users.lookupPrincipalByName(name));
            } catch (UserPrincipalNotFoundException e) {
                // It has another name here; without it the agent would lock itself out as a service.
                log.warn("this Windows does not know '{}': the access to the agent's files is left as it is", name);
                return;
            }
        }
        view.setAcl(entries(entitled, isDirectory));
    }

    private static List<AclEntry> entries(List<UserPrincipal> entitled, boolean isDirectory) {
        Set<AclEntryFlag> flags = isDirectory
                ? EnumSet.of(AclEntryFlag.FILE_INHERIT, AclEntryFlag.DIRECTORY_INHERIT)
                : EnumSet.noneOf(AclEntryFlag.class);
        return entitled.stream()
                .distinct()
                .map(user -> AclEntry.newBuilder()
                        .setType(AclEntryType.ALLOW)
                        .setPrincipal(user)
                        .setPermissions(EnumSet.allOf(AclEntryPermission.class))
                        .setFlags(flags)
                        .build())
                .toList();
    }
}
