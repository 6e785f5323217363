"""What moves a devnet about: time, snapshots, accounts, dry runs, states in files."""
