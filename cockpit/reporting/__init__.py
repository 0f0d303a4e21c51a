"""The report on a practice account: `cockpit report`. Reads only, beside a running desk too."""
