package ninja.mig.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.quickstart.Distribution;

/**
 * How to run the scheduler under test.
 *
 * @param command of another scheduler, to which {@code -c <configuration>} is added; empty for our own
 * @param javaOptions for our own
 */
record SchedulerProgram(List<String> command, List<String> javaOptions) {
    List<String> commandLine(Path conf, Path gcLog) throws IOException {
        List<String> line = new ArrayList<>(command);
        if (line.isEmpty()) {
            line.add(Distribution.java());
            line.addAll(javaOptions);
            line.add("-Xlog:gc:file=" + gcLog + "::filecount=0");
            line.addAll(List.of("-jar", Distribution.find().jar("mig-scheduler").toString()));
        }
        line.addAll(List.of("-c", conf.toString()));
        return line;
    }
}
