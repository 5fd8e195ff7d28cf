// Package house holds no code, only the tests of the house rules:
//
//	arrows_test.go    which package may import which, and what none may do
//	licences_test.go  the licence of every module we are built from
//	words_test.go     what no committed file may say
//
// The program in house/check runs all tests of the repository and says what was
// not run. tools.mod pins the tools of the Makefile, apart from the modules of
// the product.
package house
