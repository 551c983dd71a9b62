package ninja.mig;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may use whom, as docs/architecture.md says, read off the compiled classes of every module. */
class LayeringTest {
    private static final List<String> COMMON = List.of(
            "ninja.mig.model",
            "ninja.mig.json",
            "ninja.mig.pgp",
            "ninja.mig.acl",
            "ninja.mig.target",
            "ninja.mig.conf",
            "ninja.mig.log",
            "ninja.mig.runtime",
            "ninja.mig.relay",
            "ninja.mig.metrics",
            "ninja.mig.cljs");

    /** Each module's packages, and the modules that it may use; mig-common is open to all. */
    private static final Map<String, Set<String>> ALLOWED = new LinkedHashMap<>(Map.ofEntries(
            Map.entry("ninja.mig.platform", Set.of()),
            Map.entry("ninja.mig.database", Set.of()),
            Map.entry("ninja.mig.modules", Set.of()),
            Map.entry("ninja.mig.client", Set.of("ninja.mig.modules")),
            Map.entry("ninja.mig.agent", Set.of("ninja.mig.modules")),
            Map.entry("ninja.mig.scheduler", Set.of("ninja.mig.database")),
            Map.entry("ninja.mig.workers", Set.of("ninja.mig.modules")),
            Map.entry("ninja.mig.api", Set.of("ninja.mig.database", "ninja.mig.modules")),
            Map.entry("ninja.mig.console", Set.of("ninja.mig.modules", "ninja.mig.client")),
            Map.entry("ninja.mig.generator", Set.of("ninja.mig.modules", "ninja.mig.client")),
            Map.entry("ninja.mig.verifier", Set.of("ninja.mig.modules", "ninja.mig.client")),
            Map.entry("ninja.mig.quickstart", Set.of("ninja.mig.platform", "ninja.mig.database", "ninja.mig.client"))));

    /** Each library's packages, and the only places that may use them. */
    private static final Map<String, List<String>> HOMES = Map.ofEntries(
            Map.entry("com.rabbitmq..", List.of("ninja.mig.relay..", "ninja.mig.platform..")),
            Map.entry("com.zaxxer..", List.of("ninja.mig.database..")),
            Map.entry("org.postgresql..", List.of("ninja.mig.database..", "ninja.mig.platform..")),
            Map.entry("org.bouncycastle..", List.of("ninja.mig.pgp..", "ninja.mig.relay..")),
            Map.entry("org.ini4j..", List.of("ninja.mig.conf..")),
            Map.entry("ch.qos.logback..", List.of("ninja.mig.log..")),
            Map.entry("io.prometheus..", List.of("ninja.mig.metrics..", "ninja.mig.scheduler..")),
            Map.entry("com.sun.net.httpserver..", List.of("ninja.mig.metrics..")),
            Map.entry("org.eclipse.jetty..", List.of("ninja.mig.api..")),
            Map.entry("jakarta..", List.of("ninja.mig.api..")),
            Map.entry("org.glassfish..", List.of("ninja.mig.api..")),
            Map.entry("com.google.re2j..", List.of("ninja.mig.modules..", "ninja.mig.scheduler..")),
            Map.entry("org.jline..", List.of("ninja.mig.console..")),
            Map.entry("org.apache.qpid..", List.of("ninja.mig.platform..")),
            Map.entry("io.zonky..", List.of("ninja.mig.platform..")),
            Map.entry("org.testcontainers..", List.of("ninja.mig.platform..")));

    private static JavaClasses classes;

    @BeforeAll
    static void readEveryModule() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve("mig-common"))) {
            root = root.getParent();
        }
        List<Path> compiled = new ArrayList<>();
        for (String module : List.of(
                "mig-common",
                "mig-quickstart/platform",
                "database",
                "mig-modules",
                "mig-client",
                "mig-agent",
                "mig-scheduler",
                "mig-scheduler/workers",
                "mig-api",
                "mig-console",
                "mig-action-generator",
                "mig-action-verifier",
                "mig-quickstart")) {
            Path folder = root.resolve(module).resolve("target/classes");
            assertTrue(Files.isDirectory(folder), folder + " is missing: build every module first");
            compiled.add(folder);
        }
        classes = new ClassFileImporter().importPaths(compiled);
    }

    @Test
    void modulesUseOnlyTheModulesBelowThem() {
        ALLOWED.forEach((module, allowed) -> {
            List<String> forbidden = new ArrayList<>();
            for (String other : ALLOWED.keySet()) {
                if (!other.equals(module) && !allowed.contains(other)) {
                    forbidden.add(other + "..");
                }
            }
            noClasses()
                    .that()
                    .resideInAPackage(module + "..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(forbidden.toArray(String[]::new)))
                    .check(classes);
        });
    }

    @Test
    void commonUsesNoneOfOurModules() {
        noClasses()
                .that(resideInAnyPackage(COMMON.stream().map(p -> p + "..").toArray(String[]::new)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        ALLOWED.keySet().stream().map(p -> p + "..").toArray(String[]::new)))
                .check(classes);
    }

    @Test
    void packagesOfCommonDoNotFormCircles() {
        slices().matching("ninja.mig.(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void everyLibraryHasOneHome() {
        HOMES.forEach((library, homes) -> noClasses()
                .that(resideInAPackage("ninja.mig..").and(not(resideInAnyPackage(homes.toArray(String[]::new)))))
                .should()
                .dependOnClassesThat(resideInAPackage(library))
                .as("only " + homes + " use " + library)
                .check(classes));
    }

    @Test
    void onlyTheDatabaseSpeaksSql() {
        noClasses()
                .that()
                .resideOutsideOfPackages("ninja.mig.database..", "ninja.mig.platform..")
                .should()
                .dependOnClassesThat(resideInAPackage("java.sql..").and(not(name("java.sql.SQLException"))))
                .check(classes);
    }

    @Test
    void theMapperOfJsonStaysInItsPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackages("ninja.mig.json..", "ninja.mig.api..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("com.fasterxml.jackson.databind.ObjectMapper")
                .check(classes);
    }
}
