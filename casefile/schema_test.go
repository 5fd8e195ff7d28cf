package casefile

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("case.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("case.schema.json") // checks it against its own schema
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// jsonOf is a node as a JSON reader of YAML 1.2 sees it.
func jsonOf(n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return jsonOf(n.Alias)
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = jsonOf(n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, jsonOf(c))
		}
		return out
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		if x, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return x
		}
	}
	return n.Value
}

func TestSchemaGolden(t *testing.T) {
	golden(t, "testdata/case.schema.json", string(Schema()))
}

func TestSchemaAcceptsCases(t *testing.T) {
	s := compiled(t)
	files := append(glob(t, "testdata/good/*.yaml"), glob(t, "../examples/*/*.yaml")...)
	files = append(files, "starter.yaml")
	for _, path := range files {
		root, err := load(path, read(t, path))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(jsonOf(root)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// What the schema can see is refused: these mistakes and no others.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	for _, name := range []string{"unknown_keys", "missing_keys", "wrong_types", "ranges", "words", "ids", "version", "version_text", "list_at_top", "many", "no_space_after_colon"} {
		root, err := load(name, read(t, "testdata/bad/"+name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(jsonOf(root)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	// An unknown key anywhere is refused.
	whole := string(read(t, "testdata/good/every_key.yaml"))
	for i, line := range strings.Split(whole, "\n") {
		at := strings.IndexByte(line, '{')
		if at < 0 || strings.Contains(line[:at], "#") {
			continue
		}
		keyed := false
		for _, section := range []string{"hidden:", "claims:", "options:", "believes:", "bel: {arda", "actors:"} {
			keyed = keyed || strings.Contains(line[:at], section)
		}
		if keyed {
			continue
		}
		root, err := load("", []byte(strings.Replace(whole, line, line[:at]+"{zzz: 1, "+line[at+1:], 1)))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(jsonOf(root)); err == nil {
			t.Errorf("an unknown key on line %d is accepted: %s", i+1, line)
		}
	}
}
