package ninja.mig.modules.scribe;

import java.util.List;
import java.util.function.Consumer;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.file.FileLookup;
import ninja.mig.modules.pkg.InstalledPackage;

/**
 * What was found on the host for all objects together.
 *
 * @param packages every installed one
 * @param packageProblem why packages are not known; empty if they are
 * @param problems takes what went wrong with single files
 */
record Facts(
        FileLookup.Found files,
        List<InstalledPackage> packages,
        String packageProblem,
        RunContext context,
        Consumer<String> problems) {}
