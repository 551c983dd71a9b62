package ninja.mig.console.cmd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CommandLineWordsTest {
    private static CommandLineWords sort(String... words) {
        return CommandLineWords.sort(
                List.of(words),
                Set.of("t", "e", "y", "show")::contains,
                Set.of("t", "e", "show")::contains,
                Set.of("path", "name", "t", "matchany")::contains,
                Set.of("path", "name", "t")::contains);
    }

    @Test
    void takesOptionsInAnyOrder() {
        CommandLineWords sorted = sort("-t", "name='x'", "-path", "/etc", "-show", "all", "-name", "a", "-y", "-e=5s");

        assertEquals(List.of("-t", "name='x'", "-show", "all", "-y", "-e=5s"), sorted.own());
        assertEquals(List.of("-path", "/etc", "-name", "a"), sorted.module());
    }

    @Test
    void givesASharedNameToTheModuleOnceItsOptionsHaveBegun() {
        CommandLineWords sorted = sort("-t", "mine", "-path", "/etc", "-t", "5");

        assertEquals(List.of("-t", "mine"), sorted.own());
        assertEquals(List.of("-path", "/etc", "-t", "5"), sorted.module());
    }

    @Test
    void takesAValueForAValueHoweverItLooks() {
        CommandLineWords sorted = sort("-name", "-t", "-matchany", "-y");

        assertEquals(List.of("-name", "-t", "-matchany"), sorted.module());
        assertEquals(List.of("-y"), sorted.own());
    }

    @Test
    void givesAnOptionWithAValueToWhoTakesOne() {
        assertEquals(
                List.of("-p", "tcp"),
                sortOfPing("-p", "tcp", "-d", "a").module().subList(0, 2));
        assertEquals(List.of("-p=tcp"), sortOfPing("-p=tcp").module());
        assertEquals(List.of("-p"), sortOfPing("-p", "-d", "a").own());
        assertEquals(List.of("-p"), sortOfPing("-p").own());
        assertEquals(List.of("-p", "tcp"), sortOfPing("-p", "-p", "tcp").module());
    }

    private static CommandLineWords sortOfPing(String... words) {
        return CommandLineWords.sort(
                List.of(words), "p"::equals, word -> false, Set.of("p", "d")::contains, Set.of("p", "d")::contains);
    }

    @Test
    void leavesUnknownWordsToTheModule() {
        assertEquals(
                List.of("stray", "-frobnicate"), sort("stray", "-frobnicate").module());
    }
}
