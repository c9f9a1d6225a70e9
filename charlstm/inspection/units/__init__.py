"""What single units track."""
