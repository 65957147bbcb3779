package dev.snowmelt.sandbox.kafka;

/// A broker could not be started; the message is one sentence fit for a command's last line.
public final class BrokerStartException extends RuntimeException {

    BrokerStartException(String message) {
        super(message);
    }

    BrokerStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
