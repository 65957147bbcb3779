package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.sources.Found.Remark;
import dev.snowmelt.sources.Found.Unresolved;
import java.util.ArrayList;
import java.util.List;

/// All that was read, good and bad.
///
/// @param drafts what may be proposed if nothing else is wrong
/// @param faults what is wrong
/// @param unresolved what a source holds but cannot say exactly enough to declare it
/// @param remarks what people should know; changes nothing
record Gathered(List<Draft> drafts, List<Fault> faults, List<Unresolved> unresolved, List<Remark> remarks) {
    Gathered {
        drafts = List.copyOf(drafts);
        faults = List.copyOf(faults);
        unresolved = List.copyOf(unresolved);
        remarks = List.copyOf(remarks);
    }

    /// @param skipUnresolved the rest may be declared without them
    /// @throws CliException with a line for each fault, and for each unresolved one unless those are skipped
    void demandSound(boolean skipUnresolved) {
        List<String> lines = new ArrayList<>();
        faults.forEach(fault -> lines.add("  " + fault));
        if (!skipUnresolved) {
            unresolved.forEach(each -> lines.add("  " + line(each)));
        }
        if (lines.isEmpty()) {
            return;
        }
        lines.addFirst("Nothing was published; there "
                + (lines.size() == 1 ? "is 1 fault:" : "are " + lines.size() + " faults:"));
        if (faults.isEmpty() && !drafts.isEmpty()) {
            lines.add(
                    "Say --skip-unresolved to declare the rest without " + (unresolved.size() == 1 ? "it." : "them."));
        }
        throw new CliException(ExitCode.ERROR, lines);
    }

    private static String line(Unresolved unresolved) {
        return unresolved.place() + ": " + unresolved.reason();
    }

    /// What people should know although it goes on: what was skipped, and remarks.
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        unresolved.forEach(each -> notes.add("not declared: " + line(each)));
        remarks.forEach(remark -> notes.add(remark.place() + ": " + remark.text()));
        return notes;
    }
}
