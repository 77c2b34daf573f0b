"""What a copy costs on the register network: a lab under load, and where its processor time goes. `jukinet bench`; docs/load.md."""
