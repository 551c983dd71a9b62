package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ninja.mig.json.MigJson;
import org.junit.jupiter.api.Test;

class SkeletonTest {
    private static boolean matches(String skeleton, String answer) throws Exception {
        return Skeleton.differences(MigJson.tree(skeleton), MigJson.tree(answer))
                .isEmpty();
    }

    @Test
    void comparesNumbersByValue() throws Exception {
        assertTrue(matches("{\"a\":5000000000001}", "{\"a\":5.000000000001e+12}"));
        assertFalse(matches("{\"a\":1}", "{\"a\":2}"));
        assertFalse(matches("{\"a\":1}", "{\"a\":\"1\"}"));
    }

    @Test
    void refusesMembersTooManyUnlessTheObjectIsOpen() throws Exception {
        assertFalse(matches("{\"a\":1}", "{\"a\":1,\"b\":2}"));
        assertTrue(matches("{\"a\":1,\"...\":true}", "{\"a\":1,\"b\":2}"));
        assertFalse(matches("{\"a\":1,\"...\":true}", "{\"b\":2}"));
    }

    @Test
    void comparesListsElementByElement() throws Exception {
        assertFalse(matches("[1,2]", "[1]"));
        assertFalse(matches("[1]", "[1,2]"));
        assertTrue(matches("[{\"<each>\":\"<int>\"}]", "[1,2]"));
        assertFalse(matches("[{\"<each>\":\"<int>\"}]", "[]"));
        assertFalse(matches("[{\"<each>\":\"<int>\"}]", "[1,2.5]"));
    }

    @Test
    void knowsKindsOfText() {
        assertTrue(Skeleton.matches("<nonempty>", "x"));
        assertFalse(Skeleton.matches("<nonempty>", ""));
        assertFalse(Skeleton.matches("<id-string>", "12x"));
        assertFalse(Skeleton.matches("<rfc3339>", "2015-01-01"));
        assertTrue(Skeleton.matches("<match:a.+b>", "a\nb"));
        assertFalse(Skeleton.matches("<match:a>", "ab"));
        assertEquals(true, Skeleton.matches("literal", "literal"));
    }
}
