package ninja.mig.scheduler;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** A page of metrics, as a map from name and labels to value. */
final class Figures {
    private Figures() {}

    static Map<String, Double> of(SchedulerMetrics metrics) throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create()
                .write(page, metrics.registry().scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        return parse(page.toString(StandardCharsets.UTF_8));
    }

    static Map<String, Double> parse(String page) {
        return page.lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> Double.valueOf(
                                line.substring(line.lastIndexOf(' ') + 1).replace("+Inf", "Infinity"))));
    }
}
