"""What was heard when? Everything that is read of plays and written down of none: journal, days, analytics, export."""
