package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryFlag;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The names and rights that Windows is told; what it makes of them cannot be seen elsewhere. */
class WindowsAclTest {
    private record User(String getName) implements UserPrincipal {
        @Override
        public String getName() {
            return getName;
        }
    }

    private static final class View implements AclFileAttributeView {
        private List<AclEntry> acl = List.of();

        @Override
        public String name() {
            return "acl";
        }

        @Override
        public List<AclEntry> getAcl() {
            return acl;
        }

        @Override
        public void setAcl(List<AclEntry> acl) {
            this.acl = acl;
        }

        @Override
        public UserPrincipal getOwner() {
            return new User("HOST\\mig");
        }

        @Override
        public void setOwner(UserPrincipal owner) {
            throw new UnsupportedOperationException();
        }
    }

    /** @param unknown a name that this Windows does not have */
    private record Users(String unknown) {
        UserPrincipalLookupService service() {
            return new UserPrincipalLookupService() {
                @Override
                public UserPrincipal lookupPrincipalByName(String name) throws UserPrincipalNotFoundException {
                    if (name.equals(unknown)) {
                        throw new UserPrincipalNotFoundException(name);
                    }
                    return new User(name);
                }

                @Override
                public GroupPrincipal lookupPrincipalByGroupName(String group) {
                    throw new UnsupportedOperationException();
                }
            };
        }
    }

    private final View view = new View();

    @Test
    void letsTheAgentAndTheAdministratorsInAndNobodyElse() throws Exception {
        WindowsAcl.apply(view, new Users("").service(), true);

        assertEquals(
                List.of("HOST\\mig", "NT AUTHORITY\\SYSTEM", "BUILTIN\\Administrators"),
                view.getAcl().stream().map(entry -> entry.principal().getName()).toList());
        for (AclEntry entry : view.getAcl()) {
            assertEquals(AclEntryType.ALLOW, entry.type());
            assertEquals(Set.of(AclEntryPermission.values()), entry.permissions());
            assertEquals(Set.of(AclEntryFlag.FILE_INHERIT, AclEntryFlag.DIRECTORY_INHERIT), entry.flags());
        }

        WindowsAcl.apply(view, new Users("").service(), false);
        assertTrue(view.getAcl().stream().allMatch(entry -> entry.flags().isEmpty()));
    }

    @Test
    void locksNobodyOutWhoHasAnotherNameHere() throws Exception {
        WindowsAcl.apply(view, new Users("NT AUTHORITY\\SYSTEM").service(), true);

        assertEquals(List.of(), view.getAcl());
    }
}
