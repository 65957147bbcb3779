/// Metrics and health over HTTP.
@NullMarked
package dev.snowmelt.cli.http;

import org.jspecify.annotations.NullMarked;
