package dev.snowmelt.schemas.topic;

import java.util.List;

/// A role cannot start on this broker; the message says why and what to do, one sentence a problem.
public final class BrokerCheckException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param problems at least one sentence
    public BrokerCheckException(List<String> problems) {
        super(String.join(" ", problems));
    }
}
