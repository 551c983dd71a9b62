package ninja.mig.modules.scribe;

import java.util.List;

/** Values that stand in the document. */
record RawSource(List<Value> given) implements Source {
    @Override
    public void collect(Facts facts, Values values) {
        for (Value value : given) {
            values.add(value.identifier(), value.value());
        }
    }
}
