package ninja.mig.modules.pkg;

import com.fasterxml.jackson.databind.JsonNode;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.RunContext;

/** What is asked of the module, checked: packages by name, or OVAL definitions. */
interface PkgRequest {
    static PkgRequest bind(JsonNode parameters) throws InvalidParametersException {
        PkgParameters p = Parameters.bind(parameters, PkgParameters.class);
        if (p.maxConnEval() < 1 || p.maxConnEval() > 10) {
            throw new InvalidParametersException("maxconneval is " + p.maxConnEval() + ", expected 1 to 10");
        }
        if (p.ovalDef().isEmpty()) {
            return PackageQuery.of(p);
        }
        if (!p.pkgMatch().matches().isEmpty() || !p.verMatch().isEmpty()) {
            throw new InvalidParametersException("ovaldef excludes pkgmatch and vermatch");
        }
        return OvalQuery.of(p.ovalDef(), p.includeFalse());
    }

    ModuleResult run(PackageSources sources, RunContext context);
}
