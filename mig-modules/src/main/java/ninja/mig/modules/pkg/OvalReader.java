package ninja.mig.modules.pkg;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import ninja.mig.modules.InvalidParametersException;

/** Reads OVAL files: XML without DTD and entities of its own, as a stream, and of bounded size. */
final class OvalReader {
    /** In bytes, unpacked. */
    static final long LARGEST = 64L << 20;

    /** Characters that are kept. */
    private static final int MOST_TEXT = 8 << 20;

    private static final int MOST_ITEMS = 100_000;
    private static final int LONGEST_TEXT = 64 * 1024;
    private static final int DEEPEST = 100;

    private final Map<String, OvalDocument.Definition> definitions = new LinkedHashMap<>();
    private final Map<String, OvalDocument.Item> items = new LinkedHashMap<>();
    private final XMLStreamReader in;

    /** Each once: the same few come with every state. */
    private final Map<String, String> operations = new HashMap<>();

    private int text;
    private int elements;

    private OvalReader(XMLStreamReader in) {
        this.in = in;
    }

    /** @param base64 of a gzip file of XML */
    static OvalDocument read(String base64) throws InvalidParametersException {
        try (InputStream xml = new Bounded(new GZIPInputStream(new ByteArrayInputStream(decode(base64))))) {
            XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
            factory.setProperty("jdk.xml.maxElementDepth", "0"); // DEEPEST holds, with every Java.
            return new OvalReader(factory.createXMLStreamReader(xml)).read();
        } catch (IOException e) {
            throw new InvalidParametersException("ovaldef is not the base64 text of gzip data: " + e.getMessage(), e);
        } catch (XMLStreamException e) {
            throw new InvalidParametersException("ovaldef is no OVAL file: " + reason(e), e);
        }
    }

    private static byte[] decode(String base64) throws InvalidParametersException {
        try {
            return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new InvalidParametersException("ovaldef is not the base64 text of gzip data", e);
        }
    }

    private static String reason(XMLStreamException e) {
        Throwable nested = e.getNestedException();
        String text = nested == null ? e.getMessage() : nested.getMessage();
        return text == null ? "malformed XML" : text.replaceAll("\\s+", " ");
    }

    /** Ends a bomb. */
    private static final class Bounded extends FilterInputStream {
        private long left = LARGEST;

        Bounded(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int n = super.read(into, from, length);
            count(n);
            return n;
        }

        private void count(int n) throws IOException {
            left -= Math.max(n, 0);
            if (left < 0) {
                throw new IOException("more than " + (LARGEST >> 20) + " MiB when it is unpacked");
            }
        }
    }

    private OvalDocument read() throws XMLStreamException {
        while (in.hasNext()) {
            int event = next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                String name = in.getLocalName();
                if (name.equals("definition")) {
                    definition();
                } else if (name.matches("[a-z0-9]{1,40}_(test|object|state)")) {
                    item(name);
                }
            }
        }
        if (definitions.isEmpty()) {
            throw new XMLStreamException("there is no definition in it");
        }
        return new OvalDocument(definitions, items);
    }

    private int next() throws XMLStreamException {
        int event = in.next();
        if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
            throw new XMLStreamException("a document type is not allowed");
        }
        if (event == XMLStreamConstants.START_ELEMENT && ++elements > 20 * MOST_ITEMS) {
            throw new XMLStreamException("too many elements");
        }
        return event;
    }

    private String attribute(String name, String otherwise) throws XMLStreamException {
        return keep(Optional.ofNullable(in.getAttributeValue(null, name)).orElse(otherwise));
    }

    private String keep(String kept) throws XMLStreamException {
        text += kept.length();
        if (text > MOST_TEXT || definitions.size() + items.size() > MOST_ITEMS) {
            throw new XMLStreamException("too large");
        }
        return kept;
    }

    private void definition() throws XMLStreamException {
        String id = attribute("id", "");
        String title = "";
        Optional<OvalDocument.Criterion> criteria = Optional.empty();
        for (int depth = 1; depth > 0; ) {
            int event = next();
            if (event == XMLStreamConstants.END_ELEMENT) {
                depth--;
            } else if (event == XMLStreamConstants.START_ELEMENT) {
                if (in.getLocalName().equals("title") && title.isEmpty()) {
                    title = text();
                } else if (in.getLocalName().equals("criteria") && criteria.isEmpty()) {
                    criteria = Optional.of(criteria(1));
                } else {
                    depth++;
                }
            }
        }
        if (id.isEmpty() || criteria.isEmpty()) {
            throw new XMLStreamException("a definition without id or criteria");
        }
        if (definitions.put(id, new OvalDocument.Definition(id, title, criteria.get())) != null) {
            throw new XMLStreamException("definition " + id + " is there twice");
        }
    }

    private OvalDocument.Criterion criteria(int depth) throws XMLStreamException {
        if (depth > DEEPEST) {
            throw new XMLStreamException("criteria are nested too deeply");
        }
        String operator = attribute("operator", "AND");
        boolean negated = isNegated();
        List<OvalDocument.Criterion> children = new ArrayList<>();
        for (int event = next(); event != XMLStreamConstants.END_ELEMENT; event = next()) {
            if (event != XMLStreamConstants.START_ELEMENT) {
                continue;
            }
            switch (in.getLocalName()) {
                case "criteria" -> children.add(criteria(depth + 1));
                case "criterion" -> {
                    children.add(new OvalDocument.TestReference(attribute("test_ref", ""), isNegated()));
                    skip();
                }
                case "extend_definition" -> {
                    children.add(new OvalDocument.DefinitionReference(attribute("definition_ref", ""), isNegated()));
                    skip();
                }
                default -> throw new XMLStreamException("criteria hold a " + in.getLocalName());
            }
        }
        return new OvalDocument.Criteria(operator, children, negated);
    }

    private boolean isNegated() {
        String value = in.getAttributeValue(null, "negate");
        return "true".equals(value) || "1".equals(value);
    }

    /** To the end of the element that was begun. */
    private void skip() throws XMLStreamException {
        for (int depth = 1; depth > 0; ) {
            int event = next();
            depth += event == XMLStreamConstants.START_ELEMENT ? 1 : event == XMLStreamConstants.END_ELEMENT ? -1 : 0;
        }
    }

    private void item(String kind) throws XMLStreamException {
        String id = attribute("id", "");
        String existence = attribute("check_existence", "");
        List<String> references = new ArrayList<>();
        Map<String, OvalDocument.Entity> entities = new LinkedHashMap<>();
        for (int event = next(); event != XMLStreamConstants.END_ELEMENT; event = next()) {
            if (event != XMLStreamConstants.START_ELEMENT) {
                continue;
            }
            String name = in.getLocalName();
            String reference = attribute(name + "_ref", "");
            if (!reference.isEmpty()) {
                references.add(reference);
                skip();
            } else {
                // A value that comes from a variable is not known here: as operation it is none that is.
                String operation = operations.computeIfAbsent(attribute("operation", "equals"), same -> same);
                String source = in.getAttributeValue(null, "var_ref") == null ? operation : "variable";
                if (entities.put(name, new OvalDocument.Entity(text(), source)) != null) {
                    throw new XMLStreamException(kind + " " + id + " has two of " + name);
                }
            }
        }
        if (id.isEmpty() || items.put(id, new OvalDocument.Item(kind, existence, references, entities)) != null) {
            throw new XMLStreamException("a " + kind + " without id, or " + id + " is there twice");
        }
    }

    /** The text of the element that was begun, to its end; what is nested in it is left out. */
    private String text() throws XMLStreamException {
        StringBuilder out = new StringBuilder();
        for (int depth = 1; depth > 0; ) {
            int event = next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                depth++;
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                depth--;
            } else if (depth == 1 && (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA)) {
                out.append(in.getText());
                if (out.length() > LONGEST_TEXT) {
                    throw new XMLStreamException("a text is too long");
                }
            }
        }
        return keep(out.toString().strip());
    }
}
