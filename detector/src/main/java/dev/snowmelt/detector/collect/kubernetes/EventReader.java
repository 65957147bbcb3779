package dev.snowmelt.detector.collect.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/// The events of one open watch, one at a time. [#close] may be called by another thread to end it.
final class EventReader<T extends HasMetadata> implements AutoCloseable {
    private final ResponseStream body;
    private final ApiResource<T> resource;
    private final ApiJson json;
    private @Nullable JsonParser parser;

    EventReader(ResponseStream body, ApiResource<T> resource, ApiJson json) {
        this.body = body;
        this.resource = resource;
        this.json = json;
    }

    /// Blocks until the next event.
    ///
    /// @return null when the server ended the watch as agreed
    /// @throws ApiException when the server sent an ERROR event; EXPIRED when it was a 410
    /// @throws IOException when the connection broke or was silent for too long
    @Nullable WatchEvent<T> next() throws ApiException, IOException {
        JsonParser reading = parser;
        if (reading == null) {
            // Making it waits for the first bytes, and those come with the first event.
            reading = json.parser(body);
            parser = reading;
        }
        return json.readEvent(reading, resource);
    }

    @Override
    public void close() {
        body.close();
    }
}
