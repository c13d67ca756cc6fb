"""Pictures of nothing: what every simulated picture host shows, well or badly."""
