"""The only place that knows SQL: SQLAlchemy Core over SQLite (WAL) or PostgreSQL. Whole pages, never row by row."""
