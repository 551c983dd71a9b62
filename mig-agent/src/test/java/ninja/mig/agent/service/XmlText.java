package ninja.mig.agent.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Node;

/** The texts of a document, in their order; it must be well formed. */
final class XmlText {
    private XmlText() {}

    static List<String> of(Path file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        List<String> texts = new ArrayList<>();
        collect(factory.newDocumentBuilder().parse(file.toFile()).getDocumentElement(), texts);
        return texts;
    }

    private static void collect(Node node, List<String> texts) {
        if (node.getNodeType() == Node.TEXT_NODE && !node.getTextContent().isBlank()) {
            texts.add(node.getTextContent().strip());
        }
        for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
            collect(child, texts);
        }
    }
}
