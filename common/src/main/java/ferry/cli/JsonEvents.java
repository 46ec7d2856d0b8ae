package ferry.cli;

import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.event.Encryption;
import ferry.event.TransferEvent;
import ferry.event.Verification;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Events as {@code docs/JSON.md} lays them down: one object a line, each with all of its fields, always in the same order. Pure
 * functions.
 */
final class JsonEvents {
    private static final int SCHEMA_VERSION = 1;
    private static final JsonFactory JSON = new JsonFactory();

    private JsonEvents() {}

    /** An event as a line, its end included. */
    static String line(TransferEvent event) {
        return line(event, Optional.empty());
    }

    /** The same with the time when it was told, as the lines of a receipt have it. */
    static String lineAt(TransferEvent event, Instant time) {
        return line(event, Optional.of(time));
    }

    private static String line(TransferEvent event, Optional<Instant> time) {
        StringWriter line = new StringWriter(256);
        try (JsonGenerator fields = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
            fields.writeStartObject();
            fields.writeNumberProperty("v", SCHEMA_VERSION);
            write(event, fields);
            time.ifPresent(at -> fields.writeStringProperty("time", at.toString()));
            fields.writeEndObject();
        }
        return JsonText.escapeUnseen(line.toString()) + "\n";
    }

    private static void write(TransferEvent event, JsonGenerator fields) {
        switch (event) {
            case TransferEvent.Listening listening -> writeListening(listening, fields);
            case TransferEvent.OwnKey own -> {
                fields.writeStringProperty("event", "key");
                fields.writeStringProperty("key", own.key());
            }
            case TransferEvent.Started started -> writeStarted(started, fields);
            case TransferEvent.Reconnecting reconnecting -> writeReconnecting(reconnecting, fields);
            case TransferEvent.Reconnected(String transfer, String peer) -> {
                fields.writeStringProperty("event", "reconnected");
                fields.writeStringProperty("transfer", transfer);
                fields.writeStringProperty("peer", peer);
            }
            case TransferEvent.Streams(String transfer, int count, String text) -> {
                fields.writeStringProperty("event", "streams");
                fields.writeStringProperty("transfer", transfer);
                fields.writeNumberProperty("streams", count);
                fields.writeStringProperty("text", text);
            }
            case TransferEvent.Compression(String transfer, String method, String text) -> {
                fields.writeStringProperty("event", "compression");
                fields.writeStringProperty("transfer", transfer);
                fields.writeStringProperty("method", method);
                fields.writeStringProperty("text", text);
            }
            case TransferEvent.Found found -> writeFound(found, fields);
            case TransferEvent.Completed completed -> writeCompleted(completed, fields);
            case TransferEvent.Failed failed -> writeFailed(failed, fields);
            case TransferEvent.Frame frame -> writeFrame(frame, fields);
            case TransferEvent.Notice notice -> {
                fields.writeStringProperty("event", "notice");
                fields.writeStringProperty("text", notice.text());
            }
            case TransferEvent.Warning warning -> {
                fields.writeStringProperty("event", "warning");
                fields.writeStringProperty("text", warning.text());
                writeHints(warning.hints(), fields);
            }
            case TransferEvent.Stopped stopped -> writeStopped(stopped, fields);
            case TransferEvent.Finished finished -> writeFinished(finished, fields);
            case TransferEvent.Partial partial -> {
                fields.writeStringProperty("event", "partial");
                fields.writeStringProperty("path", partial.path());
                fields.writeStringProperty("owner", partial.owner());
                fields.writeNumberProperty("bytes", partial.bytes());
                fields.writeNumberProperty("size", partial.size());
                fields.writeNumberProperty("age", partial.age().toSeconds());
            }
            case TransferEvent.Checked checked -> {
                fields.writeStringProperty("event", "checked");
                fields.writeStringProperty("path", checked.path());
                fields.writeStringProperty("state", JsonText.word(checked.state()));
                fields.writeStringProperty("text", checked.text());
            }
        }
    }

    private static void writeListening(TransferEvent.Listening event, JsonGenerator fields) {
        fields.writeStringProperty("event", "listening");
        fields.writeStringProperty("endpoint", event.endpoint());
        OptionalInt port = event.port();
        writeOptional("port", port.isPresent() ? OptionalLong.of(port.getAsInt()) : OptionalLong.empty(), fields);
        fields.writeStringProperty("send", event.sendLine());
        writeOptional("key", event.key(), fields);
        writeOptional("code", event.code().map(TransferEvent.Listening.NewCode::text), fields);
    }

    private static void writeStarted(TransferEvent.Started event, JsonGenerator fields) {
        fields.writeStringProperty("event", "started");
        fields.writeStringProperty("transfer", event.transfer());
        fields.writeStringProperty("peer", event.peer());
        fields.writeStringProperty("protocol", JsonText.word(event.protocol()));
        fields.writeStringProperty("direction", JsonText.word(event.direction()));
        writeOptional("encryption", event.encryption().map(Encryption::description), fields);
        writeOptional("peer_key", event.encryption().map(Encryption::peerKey), fields);
    }

    private static void writeReconnecting(TransferEvent.Reconnecting event, JsonGenerator fields) {
        fields.writeStringProperty("event", "reconnecting");
        fields.writeStringProperty("transfer", event.transfer());
        writeCode(event.code(), fields);
        fields.writeStringProperty("text", event.text());
        fields.writeNumberProperty("attempt", event.attempt());
        fields.writeNumberProperty("most", event.most());
        fields.writeName("wait");
        fields.writeRawValue(JsonText.seconds(event.pause()));
    }

    private static void writeFound(TransferEvent.Found event, JsonGenerator fields) {
        fields.writeStringProperty("event", "found");
        fields.writeStringProperty("transfer", event.transfer());
        fields.writeStringProperty("path", event.entry().path().toString());
        fields.writeStringProperty("kind", JsonText.word(event.entry().kind()));
        writeOptional("size", event.entry() instanceof Entry.File file ? file.size() : OptionalLong.of(0), fields);
    }

    private static void writeCompleted(TransferEvent.Completed event, JsonGenerator fields) {
        fields.writeStringProperty("event", "entry");
        fields.writeStringProperty("transfer", event.transfer());
        fields.writeStringProperty("path", event.path().toString());
        fields.writeStringProperty("placed", event.placed().toString());
        fields.writeStringProperty("kind", JsonText.word(event.kind()));
        fields.writeNumberProperty("size", event.size());
        if (event.crc32c().isPresent()) {
            fields.writeStringProperty("crc32c", JsonText.hex(event.crc32c().getAsInt()));
        } else {
            fields.writeNullProperty("crc32c");
        }
        fields.writeStringProperty("outcome", JsonText.word(event.outcome()));
        fields.writeStringProperty("durability", JsonText.word(event.durability()));
        fields.writeBooleanProperty("verified", event.verification() == Verification.VERIFIED);
        writeOptional("mtime", event.modified().map(Instant::toString), fields);
        writeOptional("sha256", event.sha256(), fields);
    }

    private static void writeFailed(TransferEvent.Failed event, JsonGenerator fields) {
        fields.writeStringProperty("event", "failed");
        fields.writeStringProperty("transfer", event.transfer());
        fields.writeStringProperty("path", event.path());
        writeCode(event.code(), fields);
        fields.writeStringProperty("text", event.text());
    }

    private static void writeFrame(TransferEvent.Frame event, JsonGenerator fields) {
        fields.writeStringProperty("event", "frame");
        writeOptional("transfer", event.transfer(), fields);
        fields.writeStringProperty("direction", JsonText.word(event.direction()));
        fields.writeStringProperty("text", event.text());
    }

    private static void writeStopped(TransferEvent.Stopped event, JsonGenerator fields) {
        fields.writeStringProperty("event", "stopped");
        writeOptional("transfer", event.transfer(), fields);
        writeCode(event.code(), fields);
        fields.writeStringProperty("text", event.text());
        writeHints(event.hints(), fields);
    }

    private static void writeFinished(TransferEvent.Finished event, JsonGenerator fields) {
        fields.writeStringProperty("event", "finished");
        fields.writeStringProperty("transfer", event.transfer());
        fields.writeStringProperty("peer", event.peer());
        fields.writeNumberProperty("entries", event.totals().entries());
        fields.writeNumberProperty("files", event.totals().files());
        fields.writeNumberProperty("bytes", event.totals().bytes());
        fields.writeNumberProperty("moved", event.totals().moved());
        fields.writeNumberProperty("same", event.totals().same());
        fields.writeNumberProperty("failed", event.totals().failed());
        fields.writeName("seconds");
        fields.writeRawValue(JsonText.seconds(event.elapsed()));
        fields.writeNumberProperty("status", event.status().code());
        fields.writeStringProperty("limited_by", JsonText.word(event.limitedBy()));
        fields.writeNumberProperty("wire", event.totals().wire());
    }

    private static void writeCode(ErrorCode code, JsonGenerator fields) {
        fields.writeStringProperty("code", JsonText.word(code));
        fields.writeNumberProperty("number", code.wireNumber());
        fields.writeNumberProperty("status", code.exitStatus().code());
    }

    private static void writeHints(List<String> hints, JsonGenerator fields) {
        fields.writeArrayPropertyStart("hints");
        hints.forEach(fields::writeString);
        fields.writeEndArray();
    }

    private static void writeOptional(String name, Optional<String> value, JsonGenerator fields) {
        if (value.isPresent()) {
            fields.writeStringProperty(name, value.get());
        } else {
            fields.writeNullProperty(name);
        }
    }

    private static void writeOptional(String name, OptionalLong value, JsonGenerator fields) {
        if (value.isPresent()) {
            fields.writeNumberProperty(name, value.getAsLong());
        } else {
            fields.writeNullProperty(name);
        }
    }
}
