package dev.snowmelt.remediator.execute.kubernetes;

import io.fabric8.kubernetes.api.model.Status;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What came back from one request to an API server.
sealed interface ApiResult {
    /// 2xx.
    record Ok(String body) implements ApiResult {}

    /// Any other status.
    ///
    /// @param code HTTP status
    /// @param status the Status object of the body; null when something else answered, a proxy for example
    /// @param message the Status' message, or the beginning of the body
    /// @param retryAfter how long the server asks to wait; null when it does not say
    record Refused(
            int code,
            @Nullable Status status,
            String message,
            @Nullable Duration retryAfter) implements ApiResult {
        /// True when an API server itself says that an object of this name is not there. A proxy's 404 is not that.
        boolean saysGone(String name) {
            return code == 404
                    && status != null
                    && "NotFound".equals(status.getReason())
                    && status.getDetails() != null
                    && Objects.equals(name, status.getDetails().getName());
        }

        /// True when the Status names this cause.
        boolean causedBy(String reason) {
            return status != null
                    && status.getDetails() != null
                    && status.getDetails().getCauses() != null
                    && status.getDetails().getCauses().stream().anyMatch(cause -> reason.equals(cause.getReason()));
        }

        /// True when an admission webhook or policy said no, or could not be asked: a protection, and before any
        /// change.
        boolean isAdmission() {
            return message.contains("admission webhook")
                    || message.contains("failed calling webhook")
                    || message.contains("ValidatingAdmissionPolicy");
        }
    }

    /// The request certainly did not reach the server.
    record NotSent(String why) implements ApiResult {}

    /// The request may have reached the server; no answer came in time.
    record NoAnswer(String why) implements ApiResult {}
}
