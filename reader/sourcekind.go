package reader

import "strings"

// speaker is what the words of a source tell about it before names are resolved.
type speaker uint8

const (
	speakerOther    speaker = iota
	speakerPronoun          // he, they, who
	speakerName             // a capitalised name
	speakerPerson           // a noun for people: official, voters
	speakerDocument         // poll, report
	speakerThing            // an abstract noun: a move, this tension
	speakerNone
)

var peopleNouns = set(`official officials source sources aide aides diplomat diplomats spokesman spokeswoman spokesperson
	spokespeople minister ministers president leader leaders senator senators lawmaker lawmakers congressman
	congresswoman representative representatives governor mayor ambassador envoy envoys adviser advisers advisor
	advisors secretary general commander officer officers soldier soldiers officials analyst analysts expert experts
	critic critics supporter supporters opponent opponents ally allies voter voters people person man men woman women
	lawyer lawyers attorney attorneys judge judges prosecutor prosecutors witness witnesses resident residents
	reporter reporters journalist journalists economist economists scholar scholars professor historian candidate
	candidates nominee negotiator negotiators mediator mediators activist activists protester protesters student
	students doctor doctors chief head director chairman chairwoman chair founder executive member members
	observer observers staff staffer staffers strategist strategists democrat democrats republican republicans
	rebel rebels insurgent insurgents militant militants fighter fighters refugee refugees villager villagers
	authorities administration government ministry police military army navy court parliament congress senate
	house party campaign committee council agency department office union group organization organisation team
	company companies regime junta opposition coalition embassy commission bureau league country countries nation
	nations state states side sides delegation delegations others some many one both all most insider insiders
	veteran veterans colleague colleagues friend friends neighbor neighbors father mother son daughter brother
	sister wife husband king queen prince emir sheikh pope bishop operative operatives figure figures
	mullah ayatollah premier chancellor lieutenant captain colonel admiral dissident dissidents emirate counterpart counterparts`)

var documentNouns = set(`report reports poll polls survey surveys study studies statement statements memo memos letter
	letters document documents email emails e-mail e-mails data analysis book article articles law bill resolution treaty
	agreement communique communiqué filing filings ad ads advertisement transcript record records figures
	statistics results paper papers file files indictment complaint lawsuit ruling tweet message messages speech
	website site press release account accounts review audit dossier cable cables order decree constitution charter text`)

var outletNouns = set(`times post journal news newspaper newspapers cnn reuters bbc fox nbc abc cbs bloomberg politico axios
	guardian herald tribune gazette magazine agency broadcaster network media outlet outlets press afp ap xinhua tass
	interfax jazeera telegraph chronicle globe observer economist haaretz npr msnbc axios channel`)

// abstractNouns cannot speak, though their ending does not tell it.
var abstractNouns = set(`move moves approach approaches tension tensions discussion discussions situation situations
	dialogue dialogues crisis crises conflict conflicts war wars debate debates deal deals policy policies strategy
	strategies tactic tactics shift shifts trend trends step steps effort efforts interplay balance focus backdrop stance
	outcome outcomes context pattern patterns fact facts idea ideas issue issues problem problems incident incidents
	event events scandal scandals attack attacks strike strikes contradiction difference differences presence absence
	influence dependence emergence resistance tendency diplomacy success failure pressure pressures exchange
	exchanges decision decisions episode episodes ambiguity dance web relationship relationships partnership reality
	departure rise fall change changes process processes progress`)

// speakingNouns end like abstract nouns, and speak: bodies of people, and words
// that are written down.
var speakingNouns = set(`administration government department parliament establishment management regiment nation
	commission delegation corporation organization organisation association foundation federation confederation
	coalition opposition institution station faction generation population union legation mission division
	television electorate majority minority community city university authority charity celebrity entity security
	fraternity humanity movement operation convention fraction king sibling being gathering leadership
	publication resolution declaration constitution petition proclamation citation investigation examination
	evaluation inspection assessment statement indictment announcement amendment settlement judgment judgement
	comment legislation communication notification documentation recommendation deposition ruling filing finding
	posting briefing polling reporting writing listing hearing recording warning presentation opinion caption section
	application complaint advertisement testament submission regulation projection estimation calculation`)

// abstract tells a source that cannot speak: "the complex manoeuvring", "this
// development".
func (r *reading) abstract(p run) bool {
	if p.empty() {
		return false
	}
	h := &r.toks[r.headNoun(p)]
	if h.cat != catNoun && h.cat != catAdj && h.cat != catVerb || h.shape != lowerWord {
		return false
	}
	w := h.low
	if abstractNouns[w] {
		return true
	}
	one := strings.TrimSuffix(w, "s")
	if strings.HasSuffix(w, "ies") {
		one = w[:len(w)-3] + "y"
	}
	if peopleNouns[w] || documentNouns[w] || outletNouns[w] || speakingNouns[one] || peopleNouns[one] || documentNouns[one] {
		return false
	}
	if len(one) < 6 {
		return false
	}
	for _, end := range []string{"ing", "tion", "sion", "ment", "ity"} {
		if strings.HasSuffix(one, end) {
			return true
		}
	}
	return false
}

// headNoun is the word a phrase is about: the last noun before what hangs on it.
func (r *reading) headNoun(p run) int {
	last := p.from
	for i := p.from; i < p.to; i++ {
		t := &r.toks[i]
		switch t.cat {
		case catPrep, catVerb, catRel, catTo, catThat, catBe:
			if i > p.from {
				return last
			}
		case catMark:
			if i > p.from && t.low == "," {
				return last
			}
		case catNoun, catName, catPron, catSubj, catObj:
			last = i
		case catPoss:
		}
	}
	return last
}

func (r *reading) speakerOf(f *finding) speaker {
	if f.source.empty() {
		return speakerNone
	}
	p := f.head
	if p.empty() {
		p = f.source
	}
	h := &r.toks[r.headNoun(p)]
	switch h.cat {
	case catSubj, catPossPron:
		return speakerPronoun
	case catPron, catObj:
		if h.low == "it" {
			return speakerOther
		}
		return speakerPronoun
	case catRel, catWh:
		if h.low == "who" {
			return speakerPronoun
		}
		if i := p.from - 1; i > 0 && h.low == "which" && (r.toks[i].cat == catName || r.toks[i].low == "," && r.toks[i-1].cat == catName) {
			return speakerName
		}
		return speakerThing
	}
	w := h.low
	switch {
	case peopleNouns[w]:
		return speakerPerson
	case documentNouns[w]:
		return speakerDocument
	case h.cat == catName || h.shape == capWord && r.hasName(p):
		return speakerName
	}
	for _, end := range []string{"tion", "sion", "ment", "ness", "ity", "ance", "ence", "ship", "ism", "ing", "age", "ure"} {
		if strings.HasSuffix(w, end) {
			return speakerThing
		}
	}
	if r.toks[p.from].low == "this" || r.toks[p.from].low == "that" || r.toks[p.from].low == "these" {
		return speakerThing
	}
	if strings.HasSuffix(w, "ers") || strings.HasSuffix(w, "ists") || strings.HasSuffix(w, "man") || strings.HasSuffix(w, "men") ||
		strings.HasSuffix(w, "ans") || strings.HasSuffix(w, "ors") || strings.HasSuffix(w, "ist") {
		return speakerPerson
	}
	return speakerOther
}
