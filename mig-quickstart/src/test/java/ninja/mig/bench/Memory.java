package ninja.mig.bench;

import java.util.List;

/**
 * Of the scheduler, in MiB.
 *
 * @param heapPeak highest use of the heap before a collection; 0 if the scheduler tells of none
 * @param heapLive what the last collection left
 * @param resident twice a second
 */
record Memory(double residentPeak, int heapPeak, int heapLive, List<Double> resident) {}
