"""The register network: messages, the kiosk's client, and the node that towns, prefectures and the national centre run."""
