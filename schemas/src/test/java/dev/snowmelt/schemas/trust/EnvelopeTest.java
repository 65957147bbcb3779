package dev.snowmelt.schemas.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
    /// The test vector of the specification (protocol.md, "Test Vectors").
    @Test
    void signsWhatTheSpecificationSays() {
        assertThat(Envelope.signedBytes("http://example.com/HelloWorld", utf8("hello world")))
                .asString(UTF_8)
                .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    @Test
    void lengthsAreThoseOfBytes() {
        assertThat(Envelope.signedBytes("täg", utf8("ö"))).asString(UTF_8).isEqualTo("DSSEv1 4 täg 2 ö");
        assertThat(Envelope.signedBytes("", new byte[0])).asString(UTF_8).isEqualTo("DSSEv1 0  0 ");
    }

    /// The JSON envelope beside that vector.
    @Test
    void readsTheEnvelopeOfTheSpecification() {
        Envelope envelope = read("""
                {"payload": "aGVsbG8gd29ybGQ=",
                 "payloadType": "http://example.com/HelloWorld",
                 "signatures": [{"sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}
                """);

        assertThat(envelope.payloadType()).isEqualTo("http://example.com/HelloWorld");
        assertThat(envelope.payload()).isEqualTo(utf8("hello world"));
        assertThat(envelope.signatures()).singleElement().satisfies(signature -> {
            assertThat(signature.keyId()).isEmpty();
            assertThat(signature.bytes()).hasSize(64);
        });
    }

    @ParameterizedTest
    @CsvSource({
        // Both alphabets, with and without padding.
        "-_-_Pj8=",
        "+/+/Pj8=",
        "-_-_Pj8",
        "+/+/Pj8"
    })
    void readsBothAlphabets(String base64) {
        Envelope envelope =
                read("{'payload': '" + base64 + "', 'payloadType': 't', 'signatures': [{'sig': '" + base64 + "'}]}");

        assertThat(envelope.payload()).containsExactly(0xfb, 0xff, 0xbf, 0x3e, 0x3f);
        assertThat(envelope.signatures().getFirst().bytes()).containsExactly(0xfb, 0xff, 0xbf, 0x3e, 0x3f);
    }

    @Test
    void passesOverWhatItDoesNotKnow() {
        Envelope envelope = read("{'payload': '', 'payloadType': 't', 'annotations': {'a': [1]},"
                + " 'signatures': [{'sig': 'AA==', 'keyid': 'k', 'cert': 'x'}]}");

        assertThat(envelope.signatures().getFirst().keyId()).isEqualTo("k");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "{", "{}", "{\"declare\": {}}", "{\"payload\": 1, \"payload\": 2}", "\n\u0005cart"})
    void whatIsNoEnvelopeIsLeftToOthers(String text) {
        assertThat(Envelope.read(utf8(text))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'payload': 'AA=='} | must have 'signatures'",
                "{'payload': 'AA==', 'signatures': []} | must have 'signatures'",
                "{'payload': 'AA==', 'signatures': {'sig': 'AA=='}} | must have 'signatures'",
                "{'payload': 'A+-=', 'signatures': [{'sig': 'AA=='}]} | must have base64 as 'payload'",
                "{'payload': 'AA==', 'signatures': [{'sig': '~'}]} | must have base64 as 'sig' of a signature",
                "{'payload': 7, 'signatures': [{'sig': 'AA=='}]} | must have a text as 'payload'",
                "{'payloadType': [], 'signatures': [{'sig': 'AA=='}]} | must have a text as 'payloadType'",
                "{'payload': '', 'signatures': [{'sig': 'AA==', 'keyid': {}}]} | must have a text as 'keyid'"
            })
    void saysWhatIsWrong(String text, String wrong) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(MalformedEnvelopeException.class)
                .hasMessageStartingWith("the envelope " + wrong);
    }

    @Test
    void isOfBoundedSize() {
        String many = IntStream.range(0, Envelope.MOST_SIGNATURES + 1)
                .mapToObj(_ -> "{'sig': 'AA=='}")
                .collect(Collectors.joining(",", "[", "]"));

        assertThatThrownBy(() -> read("{'payload': '', 'signatures': " + many + "}"))
                .hasMessageContaining("1 to 16 signatures");
        assertThatThrownBy(
                        () -> read("{'payload': '" + "A".repeat(Envelope.LARGEST) + "', 'signatures': [{'sig': ''}]}"))
                .hasMessageContaining("at most 524288 are read");
    }

    @Test
    void readsWhatItWrites() {
        var envelope = new Envelope("type", utf8("{}"), List.of(new Envelope.Signature("k", new byte[] {-5, -1, -65})));

        assertThat(envelope.line()).isEqualTo("""
                {"payload":"e30=","payloadType":"type","signatures":[{"keyid":"k","sig":"+/+/"}]}\
                """);
        Envelope again = Envelope.read(utf8(envelope.line())).orElseThrow();
        assertThat(again.line()).isEqualTo(envelope.line());
    }

    @Test
    void theSameContentWrittenOtherwiseHasTheSameId() {
        Envelope one = read("{'payload': '+/+/', 'payloadType': 't', 'signatures': [{'sig': 'AA=='}]}");
        Envelope same = read("{ 'more': 1, 'payload': '-_-_', 'payloadType': 't',"
                + " 'signatures': [{'sig': 'AQ=='}, {'sig': 'AA==', 'keyid': 'k'}]}");
        Envelope otherType = read("{'payload': '+/+/', 'payloadType': 'u', 'signatures': [{'sig': 'AA=='}]}");

        assertThat(same.contentId()).isEqualTo(one.contentId()).hasSize(64);
        assertThat(otherType.contentId()).isNotEqualTo(one.contentId());
    }

    private static Envelope read(String json) {
        return Envelope.read(utf8(json.replace('\'', '"'))).orElseThrow();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
