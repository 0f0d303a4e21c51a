"""The five panes: each a pure function from a frame to rows."""
