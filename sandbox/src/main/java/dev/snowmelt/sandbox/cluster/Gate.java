package dev.snowmelt.sandbox.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// What every request passes on its way in and out: injected latency and faults, authentication, authorisation,
/// the ledger.
final class Gate {

    private static final Logger log = LoggerFactory.getLogger(Gate.class);
    private static final int KEPT_BODY = 4096;

    private final Api api;
    private final Discovery discovery;
    private final Access access;
    private final Faults faults;
    private final Ledger ledger;
    private final Store store;
    private final Writes writes;

    Gate(Api api, Discovery discovery, Access access, Faults faults, Ledger ledger, Store store, Writes writes) {
        this.api = api;
        this.discovery = discovery;
        this.access = access;
        this.faults = faults;
        this.ledger = ledger;
        this.store = store;
        this.writes = writes;
    }

    @SuppressWarnings("ArrayRecordComponent") // never changed and never compared
    record Call(
            String method,
            String path,
            Map<String, String> query,
            String token,
            String userAgent,
            String contentType,
            byte[] body) {}

    sealed interface Reply {
        @SuppressWarnings("ArrayRecordComponent") // never changed and never compared
        record Plain(int status, String contentType, Map<String, String> headers, byte[] body) implements Reply {}

        record Listing(ResourceType type, Lists.Page page) implements Reply {}

        record Watching(Watch watch) implements Reply {}

        record Dropped() implements Reply {}
    }

    /// Answers every call; what nobody foresaw is a 500, as on a real server.
    Reply handle(Call call) {
        try {
            return route(call);
        } catch (Refusal refusal) {
            return refusal(refusal);
        } catch (ClassCastException | IllegalArgumentException | JacksonException e) {
            log.atWarn().setCause(e).addKeyValue("path", call.path()).log("request could not be handled");
            return refusal(Refusal.internal(String.valueOf(e.getMessage())));
        }
    }

    private Reply route(Call call) {
        Optional<Request> request =
                Request.parse(call.method(), call.path(), call.query(), call.contentType(), call.body());
        return request.map(r -> resource(call, r)).orElseGet(() -> other(call));
    }

    private Reply other(Call call) {
        if (call.path().equals("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
                && call.method().equals("POST")) {
            return review(call);
        }
        Optional<byte[]> answer = discovery.answer(call.path());
        if (answer.isPresent() && call.method().equals("GET")) {
            String type = answer.get()[0] == '{' ? "application/json" : "text/plain; charset=utf-8";
            return new Reply.Plain(200, type, Map.of(), answer.get());
        }
        String[] parts = call.path().split("/", -1);
        boolean knownGroup = parts.length > 3
                && discovery
                        .answer("/" + parts[1] + "/" + parts[2] + (parts[1].equals("apis") ? "/" + parts[3] : ""))
                        .isPresent();
        return knownGroup
                ? refusal(Refusal.noSuchResource())
                : new Reply.Plain(
                        404,
                        "text/plain; charset=utf-8",
                        Map.of(),
                        "404 page not found\n".getBytes(StandardCharsets.UTF_8));
    }

    private Reply review(Call call) {
        // Who nobody knows may ask nothing, not even this.
        var _ = access.authenticate(call.token());
        ObjectNode review = Bodies.object(call.body());
        var asked = Json.at(review, "spec", "resourceAttributes");
        String sub = Json.text(asked, "subresource");
        String resource = Json.text(asked, "resource") + (sub.isEmpty() ? "" : "/" + sub);
        boolean allowed = access.allows(
                call.token(),
                Json.text(asked, "verb"),
                Json.text(asked, "group"),
                resource,
                Json.text(asked, "namespace"),
                Json.text(asked, "name"));
        review.putObject("status").put("allowed", allowed);
        return new Reply.Plain(201, "application/json", Map.of(), Json.bytes(review));
    }

    private Reply resource(Call call, Request request) {
        ledger.count(request.verb(), request.resource());
        pause(faults.latency(request.verb(), request.resource()));
        Faults.Outcome fault = faults.next(request.verb(), request.resource());
        Stored before = request.name().isEmpty() ? null : store.get(request.type(), request.home(), request.name());
        String user = "";
        Reply reply;
        String reason = "";
        boolean carriedOut = false;
        try {
            user = access.authenticate(call.token());
            if (fault instanceof Faults.Outcome.Refuse refuse) {
                throw Refusal.injected(refuse.status(), refuse.retryAfterSeconds());
            }
            if (fault instanceof Faults.Outcome.Drop) {
                reply = new Reply.Dropped();
            } else {
                access.authorize(call.token(), user, request);
                reply = plain(api.answer(request));
                carriedOut = !request.isDryRun() && !isDryRunByBody(request);
                if (fault instanceof Faults.Outcome.LoseAnswer) {
                    reply = new Reply.Dropped();
                }
            }
        } catch (Refusal refusal) {
            reason = refusal.reason();
            pause(refusal.delay());
            reply = refusal(refusal);
        }
        if (request.isWrite()) {
            note(call, request, before, user, reply, reason, carriedOut);
        }
        return reply;
    }

    private static boolean isDryRunByBody(Request request) {
        return request.subresource().equals("eviction")
                && !Json.at(Bodies.optional(request.body()), "deleteOptions", "dryRun")
                        .isEmpty();
    }

    private void note(
            Call call,
            Request request,
            @Nullable Stored before,
            String user,
            Reply reply,
            String reason,
            boolean carriedOut) {
        String body = new String(call.body(), StandardCharsets.UTF_8);
        ledger.note(new Ledger.Entry(
                writes.now(),
                request.verb(),
                request.resource(),
                request.namespace(),
                request.name(),
                before == null ? "" : before.uid(),
                user,
                call.userAgent(),
                reply instanceof Reply.Plain plain ? plain.status() : 0,
                reason,
                carriedOut,
                body.length() > KEPT_BODY ? body.substring(0, KEPT_BODY) : body));
    }

    private static void pause(Duration delay) {
        if (delay.isZero()) {
            return;
        }
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("closing", e);
        }
    }

    private static Reply plain(Api.Answer answer) {
        return switch (answer) {
            case Api.Answer.One one -> new Reply.Plain(one.status(), "application/json", Map.of(), one.json());
            case Api.Answer.Listing listing -> new Reply.Listing(listing.type(), listing.page());
            case Api.Answer.Watching watching -> new Reply.Watching(watching.watch());
        };
    }

    private static Reply refusal(Refusal refusal) {
        return new Reply.Plain(refusal.code(), "application/json", refusal.headers(), Json.bytes(refusal.status()));
    }
}
