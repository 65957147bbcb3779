package dev.snowmelt.schemas.golden;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Made-up messages in which every field is set, one for each way through the oneofs.
final class Samples {
    private Samples() {}

    /// @return samples by the names of the oneof members chosen, joined by `-`; empty without a oneof
    static Map<String, Message> of(Message prototype) {
        Map<String, Message> samples = new LinkedHashMap<>();
        Descriptor type = prototype.getDescriptorForType();
        List<OneofDescriptor> choices = type.getRealOneofs();
        if (choices.isEmpty()) {
            samples.put("", filled(prototype, null).build());
            return samples;
        }
        for (FieldDescriptor member : choices.getFirst().getFields()) {
            of(prototype.newBuilderForType().newBuilderForField(member).build())
                    .forEach((path, chosen) -> samples.put(
                            member.getName() + (path.isEmpty() ? "" : "-" + path),
                            filled(prototype, member).setField(member, chosen).build()));
        }
        return samples;
    }

    private static Message.Builder filled(
            Message prototype, @org.jspecify.annotations.Nullable FieldDescriptor chosen) {
        Message.Builder builder = prototype.newBuilderForType();
        for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
            if (field == chosen || field.getRealContainingOneof() != null) {
                continue;
            }
            if (field.isRepeated()) {
                builder.addRepeatedField(field, value(builder, field, 1));
                builder.addRepeatedField(field, value(builder, field, 2));
            } else {
                builder.setField(field, value(builder, field, 1));
            }
        }
        return builder;
    }

    private static Object value(Message.Builder parent, FieldDescriptor field, int which) {
        int seed = field.getNumber() * 10 + which;
        return switch (field.getJavaType()) {
            case STRING -> field.getName() + " " + which;
            case BOOLEAN -> true;
            case INT -> seed;
            case LONG -> (long) seed;
            case ENUM -> lastOf(field);
            case MESSAGE -> message(parent.newBuilderForField(field).build(), seed);
            case BYTE_STRING -> ByteString.copyFromUtf8(field.getName() + " " + which);
            case FLOAT, DOUBLE -> throw new IllegalStateException("no sample for " + field.getFullName());
        };
    }

    private static EnumValueDescriptor lastOf(FieldDescriptor field) {
        return field.getEnumType().getValues().getLast();
    }

    private static Message message(Message prototype, int seed) {
        return switch (prototype) {
            case Timestamp _ ->
                Timestamp.newBuilder()
                        .setSeconds(1_793_520_000L + seed)
                        .setNanos(5_000_000)
                        .build();
            case Duration _ -> Duration.newBuilder().setSeconds(seed).build();
            default -> of(prototype).values().iterator().next();
        };
    }
}
