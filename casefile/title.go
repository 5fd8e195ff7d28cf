package casefile

import (
	"os"

	"go.yaml.in/yaml/v4"
)

// Title is the title of a case file, "" if it cannot be read.
func Title(path string) string {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > MaxBytes {
		return ""
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	root, err := load(path, data)
	if err != nil || root.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "title" {
			return root.Content[i+1].Value
		}
	}
	return ""
}
