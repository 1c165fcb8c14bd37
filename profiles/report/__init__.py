"""From sections to a finished edition: contents, rendering, the last look, downloads."""
