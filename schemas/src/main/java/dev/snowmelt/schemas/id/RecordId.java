package dev.snowmelt.schemas.id;

/// Id of a proposal or a scan: where its record lies in its topic, written `partition-offset`.
///
/// @param partition partition, 0 or more
/// @param offset offset, 0 or more
public record RecordId(int partition, long offset) {
    /// @throws MalformedIdException when the text is no record id
    public static RecordId parse(String text) {
        int dash = text.indexOf('-');
        try {
            return new RecordId(Integer.parseInt(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
        } catch (NumberFormatException | IndexOutOfBoundsException _) {
            throw new MalformedIdException(text, "a record id such as '3-1207'");
        }
    }

    @Override
    public String toString() {
        return partition + "-" + offset;
    }
}
