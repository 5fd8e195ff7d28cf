package reader

// languageFloor is the length in tokens from which the language is judged: a
// shorter text is read as English.
const languageFloor = 25

var commonEnglish = set(`the of and to in a is that for it was on with as he be at by i this had not are
	but from or have an they which one you were her all she there would their we him been has when who will
	no more if out so said what up its about into than them can only other some could said says`)

// language is "en" if the words that any English text is full of make up a fair
// share of this one, which is about four words in ten in news and under one in
// ten in its neighbours.
func language(toks []token) string {
	words, common := 0, 0
	// Of a long text, eight stretches.
	const stretch = 600
	skip := max(0, len(toks)-8*stretch) / 8
	for i, n := 0, 0; i < len(toks); i, n = i+1, n+1 {
		if n == stretch {
			i, n = i+skip, 0
			if i >= len(toks) {
				break
			}
		}
		if !toks[i].isWord() {
			continue
		}
		words++
		if commonEnglish[toks[i].low] {
			common++
		}
	}
	if words == 0 || common*100 < words*17 {
		return ""
	}
	return "en"
}
