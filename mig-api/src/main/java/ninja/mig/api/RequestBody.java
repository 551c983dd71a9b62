package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotSupportedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartConfig;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Attributes;

/** Reads the bodies of POST requests: never more than allowed, never longer than allowed. */
final class RequestBody {
    private static final int MAX_PARTS = 16;
    private static final int MAX_PART_HEADERS = 8 * 1024;
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String MULTIPART = "multipart/form-data";

    private final Clock clock;
    private final Duration timeout;

    RequestBody(Clock clock, Duration timeout) {
        this.clock = clock;
        this.timeout = timeout;
    }

    /** The parameters of a form, urlencoded or multipart, and those of the query. */
    RequestParameters form(HttpServletRequest request, InputStream body, int maxBytes) throws IOException {
        String type = contentType(request);
        if (type.equals(MULTIPART)) {
            return multipart(request, body, maxBytes);
        }
        byte[] content = read(request, body, maxBytes);
        if (!type.equals(FORM) && !(type.isEmpty() && content.length == 0)) {
            throw new NotSupportedException("request Content-Type is '" + type + "', expected " + FORM);
        }
        String text = new String(content, StandardCharsets.UTF_8);
        return RequestParameters.of(request, RequestParameters.decode(text));
    }

    /** The parameters of a form with files: a file counts as a text. */
    RequestParameters multipart(HttpServletRequest request, InputStream body, int maxBytes) throws IOException {
        if (!contentType(request).equals(MULTIPART)) {
            throw new NotSupportedException("request Content-Type isn't " + MULTIPART);
        }
        byte[] content = read(request, body, maxBytes);
        MultiPartConfig config = new MultiPartConfig.Builder()
                .maxParts(MAX_PARTS)
                .maxHeadersSize(MAX_PART_HEADERS)
                .maxPartSize(maxBytes)
                .maxMemoryPartSize(maxBytes)
                .maxSize(maxBytes)
                .useFilesForPartsWithoutFileName(false)
                .build();
        Content.Source source = Content.Source.from(ByteBuffer.wrap(content));
        try (MultiPartFormData.Parts parts =
                MultiPartFormData.getParts(source, new Attributes.Mapped(), request.getContentType(), config)) {
            Map<String, String> values = new LinkedHashMap<>();
            for (MultiPart.Part part : parts) {
                values.putIfAbsent(
                        Optional.ofNullable(part.getName()).orElse(""),
                        part.getContentAsString(StandardCharsets.UTF_8));
            }
            return RequestParameters.of(request, values);
        } catch (RuntimeException e) {
            throw new BadRequestException("malformed " + MULTIPART + " body", e);
        }
    }

    private static String contentType(HttpServletRequest request) {
        String type = Optional.ofNullable(request.getContentType()).orElse("");
        return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private byte[] read(HttpServletRequest request, InputStream in, int maxBytes) throws IOException {
        Instant deadline = clock.instant().plus(timeout);
        if (request.getContentLengthLong() > maxBytes) {
            throw tooLarge(maxBytes);
        }
        byte[] buffer = new byte[(int) Math.max(8192, request.getContentLengthLong() + 1)];
        int length = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer, length, buffer.length - length)) {
            length += n;
            if (length > maxBytes) {
                throw tooLarge(maxBytes);
            }
            if (clock.instant().isAfter(deadline)) {
                throw new ClientErrorException("the body took longer than " + timeout.toSeconds() + " s", 408);
            }
            if (length == buffer.length) {
                buffer = java.util.Arrays.copyOf(buffer, 2 * length);
            }
        }
        return java.util.Arrays.copyOf(buffer, length);
    }

    private static ClientErrorException tooLarge(int maxBytes) {
        return new ClientErrorException("the request body is larger than " + maxBytes + " bytes", 413);
    }
}
