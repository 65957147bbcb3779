package dev.snowmelt.helm;

import io.fabric8.kubernetes.api.model.AnyType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Fields of a manifest that the API does not have. fabric8's types keep them aside; an API server
/// refuses or, worse, drops them.
final class UnknownFields {
    private final List<String> found = new ArrayList<>();

    private UnknownFields() {}

    static List<String> of(Object manifest) {
        var fields = new UnknownFields();
        fields.look("", manifest);
        return fields.found;
    }

    private void look(String path, Object value) {
        switch (value) {
            case null -> {}
            case AnyType _ -> {}
            case Collection<?> list -> list.forEach(each -> look(path + "[]", each));
            case Map<?, ?> map -> map.forEach((key, each) -> look(path + "." + key, each));
            case Object bean when bean.getClass().getName().startsWith("io.fabric8.") -> bean(path, bean);
            default -> {}
        }
    }

    private void bean(String path, Object bean) {
        for (Class<?> type = bean.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || bean.getClass().isEnum()) {
                    continue;
                }
                Object value = value(field, bean);
                if (field.getName().equals("additionalProperties") && value instanceof Map<?, ?> unknown) {
                    unknown.keySet().forEach(key -> found.add(path + "." + key));
                } else {
                    look(path + "." + field.getName(), value);
                }
            }
        }
    }

    private static Object value(Field field, Object bean) {
        try {
            field.setAccessible(true);
            return field.get(bean);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
