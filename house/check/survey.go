package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// look adds what one file tells.
func (p *pkg) look(name string, src []byte) error {
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil // go vet has said it better
	}
	isTest := strings.HasSuffix(name, "_test.go")
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			p.concurrent = true
		case *ast.FuncDecl:
			if !isTest || n.Recv != nil {
				break
			}
			for _, kind := range []string{"Test", "Fuzz", "Example"} {
				p.tests = p.tests || strings.HasPrefix(n.Name.Name, kind)
			}
			if strings.HasPrefix(n.Name.Name, "Fuzz") {
				p.fuzz = append(p.fuzz, n.Name.Name)
			}
		case *ast.CallExpr:
			call, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				break
			}
			switch call.Sel.Name {
			case "Parallel", "Go":
				p.concurrent = true
			case "Bool":
				p.golden = p.golden || isTest && len(n.Args) > 0 && isString(n.Args[0], `"update"`)
			}
		}
		return true
	})
	return nil
}

func isString(e ast.Expr, quoted string) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && lit.Kind == token.STRING && lit.Value == quoted
}
