package engine

// changes looks for sets of changes to statements.
func (w *leverSearch) changes() error { return nil }
