package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ProcessorsTest {
    @Test
    void givesALaterModuleWhatTheOthersLeave() {
        Processors processors = new Processors(9, 9);
        Processors.Share first = processors.take();
        Processors.Share second = processors.take();
        Processors.Share third = processors.take();
        assertEquals(4, first.count());
        assertEquals(1, second.count());
        assertEquals(1, third.count());

        first.close();
        Processors.Share fourth = processors.take();
        assertEquals(2, fourth.count(), "the second and third have two of the four");

        second.close();
        third.close();
        fourth.close();
        assertEquals(4, processors.take().count());
    }

    @Test
    void halvesNoQuotaOfTheService() {
        assertEquals(4, new Processors(8, 4).take().count());
        assertEquals(2, new Processors(64, 2).take().count());
        assertEquals(4, new Processors(8, 8).take().count());
    }

    @Test
    void givesOneAtLeast() {
        for (int host = 1; host <= 3; host++) {
            Processors processors = new Processors(host, host);
            assertEquals(1, processors.take().count());
            assertEquals(1, processors.take().count());
        }
    }
}
