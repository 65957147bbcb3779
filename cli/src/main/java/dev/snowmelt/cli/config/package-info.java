/// Settings of a process, read once: options, environment, one YAML file, defaults.
@NullMarked
package dev.snowmelt.cli.config;

import org.jspecify.annotations.NullMarked;
