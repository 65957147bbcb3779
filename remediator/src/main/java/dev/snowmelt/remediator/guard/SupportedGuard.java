package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.RemediationPolicy;

/// Does the declaration ask for care that this version cannot take yet? Then nothing is done, rather than done
/// without it. A condition goes when its own guard comes.
final class SupportedGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        RemediationPolicy policy = question.policy();
        if (policy.getWindowsCount() > 0) {
            return Ruling.hold(Reason.WINDOW, "windows are not supported by this version yet");
        }
        if (policy.hasRate()) {
            return Ruling.hold(Reason.RATE, "a rate is not supported by this version yet");
        }
        if (!policy.getAlertGate().isEmpty()) {
            return Ruling.hold(Reason.ALERT_GATE, "alert gates are not supported by this version yet");
        }
        return Ruling.ADMIT;
    }
}
