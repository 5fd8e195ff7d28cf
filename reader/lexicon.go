package reader

import (
	_ "embed"
	"strings"
	"sync"
)

// cat is what a word seems to be where it stands. There is no tagger behind it:
// closed classes are listed, the rest is guessed from endings and neighbours.
type cat uint8

const (
	catNoun cat = iota // anything not known to be something else
	catName
	catAdj
	catDet
	catPossPron
	catPoss // 's
	catSubj // I, he, they: always a subject
	catObj  // him, them
	catPron // it, you, this: either
	catRel  // who, which, that after a noun
	catThat // that before a clause
	catWh
	catPrep
	catTo
	catModal
	catBe
	catHave
	catDo
	catNot
	catCoord
	catSub
	catAdv
	catNum
	catVerb
	catMark
)

// form is a set of the shapes a verb form can have.
type form uint8

const (
	baseForm form = 1 << iota
	sForm
	pastForm
	partForm // the past participle
	ingForm
)

// frame is what follows a verb that attributes.
type frame struct {
	code     string // as in cueverbs.txt, without P
	passive  bool
	strength float64
}

// cueVerb is a verb that attributes.
type cueVerb struct {
	lemma  string
	act    Act
	frames []frame
}

func (v *cueVerb) strength(code string, passive bool) float64 {
	for _, f := range v.frames {
		if f.passive == passive && f.code == code {
			return f.strength
		}
	}
	return 0
}

// speech tells a verb that introduces whole clauses, and so quotations, from one
// that only names a deed done in words.
func (v *cueVerb) speech() bool {
	return v.strength("t", false) >= .5 || v.strength("e", false) >= .6 || v.strength("k", false) >= .6
}

// word is what the lists know of one written form.
type word struct {
	cat   cat
	fixed bool // the category does not depend on the neighbours
	forms form
	cue   *cueVerb
	also  bool // a verb form that is as often a noun: "plan", "claims"
	noun  *nounCue
	adj   bool // an adjective where it is no verb: "close", "open"
}

// nounCue is a noun that names words said: "demand", "criticism".
type nounCue struct {
	lemma  string
	act    Act
	frames []frame
}

//go:embed cueverbs.txt
var cueVerbList string

// Verbs that do not attribute, needed to see where clauses begin and end. A slash
// gives the past and the participle of an irregular one.
const plainVerbs = `become/became/become begin/began/begun bite/bit/bitten break/broke/broken
bring/brought/brought build/built/built buy/bought/bought catch/caught/caught choose/chose/chosen
come/came/come cut/cut/cut deal/dealt/dealt draw/drew/drawn drive/drove/driven eat/ate/eaten
fall/fell/fallen feed/fed/fed feel/felt/felt fight/fought/fought flee/fled/fled fly/flew/flown
freeze/froze/frozen get/got/gotten give/gave/given go/went/gone grow/grew/grown hang/hung/hung
hide/hid/hidden hit/hit/hit hold/held/held keep/kept/kept lead/led/led leave/left/left lend/lent/lent
let/let/let lie/lay/lain light/lit/lit lose/lost/lost make/made/made mean/meant/meant meet/met/met
overcome/overcame/overcome pay/paid/paid put/put/put quit/quit/quit read/read/read ride/rode/ridden
ring/rang/rung rise/rose/risen run/ran/run sell/sold/sold send/sent/sent set/set/set shake/shook/shaken
shoot/shot/shot shrink/shrank/shrunk shut/shut/shut sing/sang/sung sit/sat/sat sleep/slept/slept
speak/spoke/spoken spend/spent/spent spread/spread/spread stand/stood/stood steal/stole/stolen
stick/stuck/stuck strike/struck/struck sweep/swept/swept take/took/taken teach/taught/taught
tear/tore/torn throw/threw/thrown undergo/underwent/undergone wake/woke/woken wear/wore/worn
win/won/won withdraw/withdrew/withdrawn bear/bore/born bind/bound/bound bend/bent/bent shed/shed/shed
seem appear look happen start stop end try fail remain stay turn move follow use work live play help need
require allow include involve contain represent mark face receive accept reach raise lower increase
decrease reduce expand extend close open enter join leave visit travel arrive return wait watch kill
injure wound arrest detain release free capture seize bomb shell attack invade occupy destroy damage
target fire launch test deploy station patrol board intercept block ban limit restrict impose lift ease
suspend freeze resume restore renew sign ratify adopt pass approve negotiate mediate resolve settle
host attend gather organize organise lead manage control govern rule elect vote appoint resign serve
act react remove replace change transform shift develop create establish form found base locate relocate
settle emerge occur result cause produce provide supply support sponsor fund finance trade export import
cost earn gain profit benefit save protect secure guard escape survive die suffer face mark carry ship
transport transfer deliver handle treat charge try convict sentence jail imprison pardon sue file
investigate probe search discover detect track monitor review examine study measure count total
average rank compare combine connect link relate belong depend rely base focus concentrate center
continue proceed advance progress retreat collapse escalate intensify worsen improve recover grow
highlight illustrate reflect demonstrate reveal position undermine threaten strengthen weaken damage
spark trigger prompt fuel drive force compel oblige lead enable empower encourage discourage deter
prevent avoid ignore neglect delay postpone cancel abandon drop surrender yield share split divide
separate unite merge contact approach meet greet address host invite join exclude expel deport ban
last matter tend like love hate enjoy miss lack own possess cross pull push press hand pick point touch
walk step stand march protest rally riot demonstrate celebrate mourn bury assassinate execute hang
blame cover air broadcast publish print post appear feature star dominate lead trail top beat defeat
rely vary differ range reach total exceed fall surge soar plunge slip climb jump double triple halve
serve plant grow feed hurt heal ask answer process handle complete finish conclude fill clear clean
convene facilitate leverage assist conduct house flex consolidate formulate pursue contemplate bolster
coordinate compete brief stem stir ensure aim gain head hail refer subject`

// Past forms of verbs in cueverbs.txt that do not end in -ed.
var irregularCues = map[string][2]string{
	"say": {"said", "said"}, "tell": {"told", "told"}, "write": {"wrote", "written"},
	"think": {"thought", "thought"}, "see": {"saw", "seen"}, "know": {"knew", "known"},
	"find": {"found", "found"}, "speak": {"spoke", "spoken"}, "swear": {"swore", "sworn"},
	"forbid": {"forbade", "forbidden"}, "foresee": {"foresaw", "foreseen"}, "hear": {"heard", "heard"},
	"mean": {"meant", "meant"}, "beg": {"begged", "begged"}, "read": {"read", "read"}, "lay": {"laid", "laid"},
	"withhold": {"withheld", "withheld"}, "bring": {"brought", "brought"}, "pay": {"paid", "paid"},
	"forecast": {"forecast", "forecast"}, "rip": {"ripped", "ripped"}, "slam": {"slammed", "slammed"},
	"plan": {"planned", "planned"}, "wind": {"wound", "wound"}, "quip": {"quipped", "quipped"},
	"brag": {"bragged", "bragged"}, "refer": {"referred", "referred"}, "rebut": {"rebutted", "rebutted"},
	"admit": {"admitted", "admitted"}, "commit": {"committed", "committed"}, "rebuff": {"rebuffed", "rebuffed"},
	"learn": {"learned", "learned"}, "quote": {"quoted", "quoted"}, "retell": {"retold", "retold"},
	"spar": {"sparred", "sparred"}, "dub": {"dubbed", "dubbed"}, "pin": {"pinned", "pinned"},
}

// Verb forms that stand as nouns at least as often.
var alsoNouns = set(`claim claims plan plans report reports call calls attack attacks demand demands offer
	offers promise promises order orders request requests question questions answer answers note notes
	hope hopes fear fears concern concerns comment comments protest protests pledge pledges vow vows
	support talk talks view views doubt doubts estimate estimates forecast forecasts brief
	remark remarks charge charges blame praise dispute disputes threat state states name names
	work works vote votes test tests strike strikes fire fires force forces share shares trade trades
	deal deals fight fights lead leads look looks move moves return returns result results rise rises
	run runs start starts study studies use uses visit visits walk watch win wins act acts address aim aims
	air back base board cause causes change changes control controls cost costs cover damage
	end ends face faces figure figures focus form forms fund funds gain gains gather hand hands head heads
	help host house houses increase increases issue issues land lands limit limits line lines link links
	mark marks matter matters measure measures need needs number paper place places play plays point points
	position post posts power powers press process program project projects push quote quotes range
	rank ranks record records release releases review reviews risk risks rule rules search shift
	ship ships show shows sign signs signal signals source sources spark split spread stand step steps stop
	subject supply surge tear term terms title top total touch track trail transfer transport travel trial
	trigger turn veto voice voices wait wound yield rally march shell shells target targets ban bans
	bear bears center star feature features cut cuts like command direct counsel cheer cheers detail details
	contrast exports imports export import benefit benefits profit profits love hate influence approach
	contact process request leak leaks joke pitch brand label regard wish wishes thanks object objects
	lay clear clean last own double free open close pardon sentence print broadcast average guard patrol probe
	advance retreat collapse progress escape delay drop surrender riot hint hints interest interests`)

const (
	determiners = `the a an this that these those some any no every each either neither another both all
		several many most few more other such what whatever much`
	numberWords = `one two three four five six seven eight nine ten eleven twelve dozen dozens hundred
		hundreds thousand thousands million millions billion billions half first second third`
	prepositions = `of in on at by for with from about against between among into onto over under after
		before during through toward towards upon within without across behind beyond near since until till
		amid amidst despite regarding concerning via per except inside outside around along above below
		beside besides down off up throughout unlike like as than versus including`
	subordinators = `because while when whenever although though whereas if unless whether since until
		after before once lest`
	adverbs = `not never also then later now still again once just even only too very so already yet soon
		often always sometimes perhaps maybe however meanwhile instead rather quite almost nearly about
		recently reportedly allegedly apparently earlier here there today yesterday tomorrow tonight
		therefore thus moreover furthermore nevertheless nonetheless indeed too well twice far ever
		back away forward ahead together apart out further long much more most less least somewhat
		abroad afterward afterwards elsewhere hence otherwise likewise actually simply`
	adjectives = `senior former new old top good great high low big small large last next own same different
		familiar close recent early late long short major minor key main political military national
		international foreign federal local public private legal illegal potential possible
		likely unlikely able unable other several own due plausible untrue true false republican democratic
		american british russian chinese iranian israeli french german western eastern northern southern
		presidential diplomatic economic free open clear certain sure ready responsible important
		serious strong weak hard easy full empty left right whole wealthy rich poor aware anonymous
		unnamed senior prominent direct formal informal secret final current previous`
)

// Adverbs that hedge, wherever they stand in or beside the words that attribute.
var hedgeAdverbs = set(`reportedly allegedly apparently potentially possibly probably presumably supposedly
	purportedly perhaps maybe seemingly ostensibly likely arguably conceivably reputedly`)

// Words inside a content that hedge it. Modal verbs are counted apart.
var hedgeWords = set(`plausible possible conceivable unconfirmed alleged purported rumored rumoured
	suspected apparent unclear uncertain unverified speculative`)

// Verbs by which the source itself holds back.
var hedgeVerbs = set(`suggest speculate suspect hint imply float appear seem believe think estimate mull
	ponder explore consider contemplate weigh surmise posit muse wonder fear hope`)

// Nouns for words said. After them stand that, of, to, for, about.
const nounCues = `demand demands t6 i5 +for6
claim states t6 +of3
assertion states t6 +of4
allegation states t6 +of5
accusation criticises t6 +of5
suggestion states t5 +of3
announcement announces t6 +of5
statement states t6
warning threatens t7 +of5 +about5
threat threatens i6 +of4 t5
pledge promises i7 t6
promise promises i6 t6 +of5
vow promises i7 t6
call demands +for5 i5
appeal demands +for6 i5
plea demands +for6 i5
proposal offers +for4 i5 t6
offer offers i5 +of4
criticism criticises +of5 t6
complaint criticises t7 +about6
condemnation criticises +of6
denunciation criticises +of6
rejection denies +of5
denial denies +of5 t7
concern states t5 +about5 +over4
fear predicts t6 +of4
hope intends t5
belief states t6
view states t5
opinion states t5
assessment states t6 +of4
conclusion states t6
contention states t7
argument justifies t6 +for4
insistence demands t7 +on6
confirmation states t6 +of5
admission states t6 +of5
acknowledgment states t6 +of5
prediction predicts t7 +of5
promises promises i6 t6
decision intends i4
intention intends i6 +of4
suspicion states t6
doubt denies t4 +about5
opposition criticises +to4
endorsement states +of4
accusations criticises t6 +of5
report states t5 +of4
speculation predicts t6 +about5
rumour states t6 +of5
rumor states t6 +of5`

// lists is every word the reader knows.
type lists struct {
	words map[string]*word
	// lemma of each verb form, for hedgeVerbs
	lemmas map[string]string
}

var known = sync.OnceValue(buildLists)

func buildLists() *lists {
	l := &lists{words: make(map[string]*word, 8000), lemmas: make(map[string]string, 4000)}
	verb := func(lemma, past, part string, cue *cueVerb) {
		if past == "" {
			past = edForm(lemma)
			part = past
		}
		for _, f := range []struct {
			w string
			f form
		}{{lemma, baseForm}, {sFormOf(lemma), sForm}, {past, pastForm}, {part, partForm}, {ingFormOf(lemma), ingForm}} {
			w := l.words[f.w]
			if w == nil {
				w = &word{cat: catVerb}
				l.words[f.w] = w
				l.lemmas[f.w] = lemma
			}
			w.forms |= f.f
			if cue != nil {
				w.cue = cue
			}
			w.also = alsoNouns[f.w]
		}
	}
	for line := range strings.Lines(cueVerbList) {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] == "#" {
			continue
		}
		c := &cueVerb{lemma: f[0], act: Act(f[1]), frames: parseFrames(f[2:])}
		irr := irregularCues[f[0]]
		verb(f[0], irr[0], irr[1], c)
	}
	for _, v := range strings.Fields(plainVerbs) {
		p := strings.Split(v, "/")
		if len(p) == 3 {
			verb(p[0], p[1], p[2], nil)
		} else if _, dup := irregularCues[v]; !dup {
			verb(v, "", "", nil)
		}
	}
	for line := range strings.Lines(nounCues) {
		f := strings.Fields(line)
		act := f[1]
		fr := f[2:]
		n := &nounCue{lemma: f[0], act: Act(act), frames: parseFrames(fr)}
		for _, form := range []string{f[0], sFormOf(f[0])} {
			if l.words[form] == nil {
				l.words[form] = &word{cat: catNoun}
			}
			l.words[form].noun = n
		}
	}
	closed := func(c cat, words string) {
		for _, w := range strings.Fields(words) {
			if old := l.words[w]; old != nil && old.noun != nil {
				continue
			}
			l.words[w] = &word{cat: c, fixed: true}
		}
	}
	soft := func(c cat, words string) {
		for _, w := range strings.Fields(words) {
			if old := l.words[w]; old == nil {
				l.words[w] = &word{cat: c, fixed: true}
			} else {
				old.adj = true
			}
		}
	}
	soft(catAdj, adjectives)
	closed(catAdv, adverbs)
	closed(catPrep, prepositions)
	closed(catSub, subordinators) // of the words that are both, tag tells which
	closed(catDet, determiners)
	closed(catNum, numberWords)
	closed(catSubj, "i he she they we")
	closed(catObj, "him them me us himself herself themselves itself myself ourselves")
	closed(catPron, "it you everyone everybody anyone anybody someone somebody nobody none one others something nothing everything")
	closed(catPossPron, "my your his her its our their")
	closed(catPoss, "'s")
	closed(catRel, "who which whom whose")
	closed(catWh, "how why where what")
	closed(catTo, "to")
	closed(catModal, "will would can could may might must shall should 'll 'd cannot can't won't wouldn't couldn't shouldn't ought")
	closed(catBe, "is are was were be been being am isn't aren't wasn't weren't 're 'm")
	closed(catHave, "has have had having hasn't haven't hadn't 've")
	closed(catDo, "do does did don't doesn't didn't")
	closed(catCoord, "and or but nor")
	closed(catNot, "not never n't")
	return l
}

func parseFrames(codes []string) []frame {
	var out []frame
	for _, c := range codes {
		n := len(c) - 1
		if c[n] < '1' || c[n] > '9' {
			continue
		}
		f := frame{code: c[:n], strength: float64(c[n]-'0') / 10}
		if strings.HasPrefix(f.code, "P") {
			f.passive, f.code = true, f.code[1:]
		}
		out = append(out, f)
	}
	return out
}

func isVowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

func sFormOf(v string) string {
	n := len(v)
	switch {
	case n > 1 && v[n-1] == 'y' && !isVowel(v[n-2]):
		return v[:n-1] + "ies"
	case strings.HasSuffix(v, "s"), strings.HasSuffix(v, "x"), strings.HasSuffix(v, "z"),
		strings.HasSuffix(v, "ch"), strings.HasSuffix(v, "sh"), v == "go", v == "echo", v == "veto":
		return v + "es"
	}
	return v + "s"
}

// doubles tells a verb that doubles its last letter: stop, plan, regret, compel.
func doubles(v string) bool {
	n := len(v)
	if n < 3 || isVowel(v[n-1]) || strings.IndexByte("wxyh", v[n-1]) >= 0 || !isVowel(v[n-2]) || isVowel(v[n-3]) {
		return false
	}
	vowels := 0
	for i := range n {
		if isVowel(v[i]) && (i == 0 || !isVowel(v[i-1])) {
			vowels++
		}
	}
	switch v {
	case "refer", "deter", "commit", "admit", "compel", "expel", "rebut", "regret", "occur", "forbid", "cancel",
		"quit", "submit", "kidnap", "propel", "prefer", "transfer", "outrun", "abet", "shed":
		return true
	}
	return vowels == 1
}

func edForm(v string) string {
	n := len(v)
	switch {
	case v[n-1] == 'e':
		return v + "d"
	case v[n-1] == 'y' && !isVowel(v[n-2]):
		return v[:n-1] + "ied"
	case doubles(v):
		return v + v[n-1:] + "ed"
	}
	return v + "ed"
}

func ingFormOf(v string) string {
	n := len(v)
	switch {
	case strings.HasSuffix(v, "ie"):
		return v[:n-2] + "ying"
	case v[n-1] == 'e' && !strings.HasSuffix(v, "ee") && v != "be":
		return v[:n-1] + "ing"
	case doubles(v):
		return v + v[n-1:] + "ing"
	}
	return v + "ing"
}
