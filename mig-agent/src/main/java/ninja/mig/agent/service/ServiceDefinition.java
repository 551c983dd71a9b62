package ninja.mig.agent.service;

import java.util.List;

/**
 * What an init system needs to know of the agent, and how it is told.
 *
 * @param tool the program without which nothing can be told
 * @param stop before the files are deleted
 * @param forget after the files were deleted
 * @param start after the files were written; a running agent is replaced
 * @param leave what an agent that is to end asks for, so that it is not started again at once
 */
record ServiceDefinition(
        String tool,
        List<TextFile> files,
        List<Link> links,
        List<Step> stop,
        List<Step> forget,
        List<Step> start,
        List<Step> leave) {

    /** @param mode such as {@code rw-r--r--} */
    record TextFile(String name, String text, String mode) {}

    /** @param target as it is written into the link */
    record Link(String name, String target) {}
}
