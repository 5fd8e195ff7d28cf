// Package desk holds the analyst's verbs: open a case, read its reports, ask
// the engine, write the brief. It joins the packages that do the work and keeps
// the JSON contracts in one place, for the command line and for the API.
package desk
