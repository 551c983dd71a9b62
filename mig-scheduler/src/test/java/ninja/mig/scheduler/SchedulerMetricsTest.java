package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import ninja.mig.model.CommandStatus;
import ninja.mig.scheduler.SchedulerMetrics.HeartbeatRefusal;
import ninja.mig.scheduler.SchedulerMetrics.Regular;
import org.junit.jupiter.api.Test;

class SchedulerMetricsTest {
    private final TestClock clock = new TestClock(Instant.parse("2015-08-01T12:00:00Z"));
    private final SchedulerMetrics metrics = new SchedulerMetrics(clock);

    @Test
    void beginsWithNothing() throws IOException {
        Map<String, Double> figures = Figures.of(metrics);

        assertEquals(0, figures.get("mig_heartbeats_received_total"));
        assertEquals(0, figures.get("mig_heartbeats_refused_total{reason=\"unauthorized\"}"));
        assertEquals(0, figures.get("mig_commands_finished_total{status=\"success\"}"));
        assertEquals(0, figures.get("mig_actions_total{status=\"completed\"}"));
        assertEquals(0, figures.get("mig_result_lag_seconds_count"));
    }

    @Test
    void countsByReasonAndStatus() throws IOException {
        metrics.heartbeatRefused(HeartbeatRefusal.EXPIRED);
        metrics.heartbeatRefused(HeartbeatRefusal.EXPIRED);
        metrics.commandFinished(CommandStatus.CANCELLED);
        metrics.heartbeatRegistered(Duration.ofMillis(30));
        metrics.heartbeatRegistered(Duration.ofHours(-1));
        metrics.heartbeatRegistered(Duration.ofDays(-365L * 8000));

        Map<String, Double> figures = Figures.of(metrics);

        assertEquals(2, figures.get("mig_heartbeats_refused_total{reason=\"expired\"}"));
        assertEquals(1, figures.get("mig_commands_finished_total{status=\"cancelled\"}"));
        assertEquals(3, figures.get("mig_heartbeat_lag_seconds_count"));
        assertEquals(
                2, figures.get("mig_heartbeat_lag_seconds_bucket{le=\"0.025\"}"), "the clocks of two agents are fast");
        assertEquals(3, figures.get("mig_heartbeat_lag_seconds_bucket{le=\"0.05\"}"));
    }

    @Test
    void watchesTheRunsOfRoutines() throws Exception {
        Optional<Instant> before = Optional.of(clock.instant());
        metrics.watched("good", Duration.ofSeconds(1), () -> {}).run();
        assertThrows(IOException.class, () -> metrics.watched("bad", Duration.ofSeconds(1), () -> {
                    throw new IOException("no");
                })
                .run());
        clock.advance(Duration.ofMinutes(1));

        Regular good = metrics.routines().get(0);
        Regular bad = metrics.routines().get(1);

        assertEquals(before, good.success().get());
        assertEquals(Optional.empty(), bad.success().get());
        assertEquals(Duration.ofMinutes(1), bad.success().silence());
        Map<String, Double> figures = Figures.of(metrics);
        assertEquals(0, figures.get("mig_routine_failures_total{routine=\"good\"}"));
        assertEquals(1, figures.get("mig_routine_failures_total{routine=\"bad\"}"));
        assertEquals(1, figures.get("mig_routine_run_seconds_count{routine=\"bad\"}"));
    }
}
