"""Story plans: data only.

A plan is a list of beats, a beat a list of alternatives. A template picks one option of every
[a|b] and fills the {slots}; `stories.py` says what each slot holds.
"""

OPENINGS = [
    "[Once upon a time|Long ago|Once|Many years ago|In a far away land], there [was|lived] {adj1} "
    "{k}{named} [in|near|by] {aL}.",
    "{adj1} {k}{named} lived [in|near|beside] {aL}.",
    "[In|Near|By] {aL} lived {adj1} {k}{named}.",
    "[There was once|Once there was] {adj1} {k}{named}, who lived [in|near] {aL}.",
]

HABITS = [
    "{H} loved to {v} [every day|in the morning|with {s} friends|when the sun was shining|more than "
    "anything].",
    "[Every day|Every morning|Every evening], {H} liked to {v} [in|near] the {L}.",
    "{H} was {adj}, and {h} loved to {v}.",
    "Everyone [in|near] the {L} knew that {H} was very {adj}.",
    "{H} had a good friend, {afk}{fnamed}.",
    "[The days were long and bright|Life was calm there], and {H} was [happy|content|never bored].",
]

DEAR_THING = [
    "[{H} had {aoO} that {h} loved very much.|The thing {h} loved most was {aoO}.|{H}'s dearest thing"
    " was {aoO}.]",
]

PLANS = {
    "lost": [
        DEAR_THING,
        [
            "[One day|One morning|One windy day], the {O} was gone. {H} looked [under the bed|behind the "
            "door|in every corner], but {h} could not find it.",
            "[One evening|One day], {H} could not find the {O}. \"Where is my {O}?\" {h} cried.",
        ],
        [
            "First {h} looked [by the river|under the big tree|on the old path], but there was nothing but "
            "[leaves|stones|mud]. Then {h} looked [behind the barn|near the well|on the hill], but it was not"
            " there either.",
            "{H} searched [all morning|until noon], but found nothing. {h} asked [the birds|the neighbors|an "
            "old woman], but nobody had seen it.",
        ],
        [
            "Then {h} met {afk}{fnamed}. \"Why are you so sad?\" asked {F}. \"I lost my {O},\" said {H}. \"Do not "
            "worry, I will help you,\" said {F}.",
            "{F} the {fk} saw {m} and came closer. \"Let us look together,\" said {F}.",
        ],
        [
            "Together they followed [small tracks|a trail of dust|a soft sound] to the {L2}. There, [under a "
            "bush|between two rocks|in the tall grass], lay the {O}!",
            "They walked to the {L2} and looked [up and down|left and right]. \"There it is!\" shouted {F}. The"
            " {O} was [stuck in a tree|lying in the grass|hidden under some leaves].",
        ],
        [
            "{H} was so happy that {h} hugged {F}. From that day on, {h} took good care of the {O}.",
            "\"Thank you!\" said {H}. [That night|In the evening] they shared [a warm soup|a big pie|some sweet"
            " berries] and laughed.",
        ],
    ],
    "build": [
        [
            "[One day|One morning], {H} wanted to make {aoO}. \"It will be the best {O} in the whole {L},\" {h}"
            " said.",
            "{H} had a dream. {h} wanted to build {aoO} all by {m}self.",
        ],
        [
            "First {h} tried to make it from [paper|grass|mud], but [the wind blew it apart|it fell to "
            "pieces]. Then {h} tried [wood|clay|old rope], but it [broke with a loud crack|was too heavy].",
            "The first {O} was too [weak|small|heavy], and it broke. The second one was better, but it fell "
            "[into the water|down the stairs|apart] as well.",
        ],
        [
            "{H} sat down and sighed. Just then {afk}{fnamed} came by. \"You work too fast,\" said {F}. \"Let us"
            " make a plan first.\"",
            "\"I will never do it,\" said {H}. \"You will, if we work together,\" said {F}, {afk} who [knew a lot"
            " about building|lived next door].",
        ],
        [
            "They [drew a plan|measured each piece|chose the best wood], and they worked slowly. {F} held the"
            " pieces while {H} put them together.",
            "So they began again. {H} [cut|carried|painted] the pieces, and {F} [tied|glued|nailed] them "
            "together.",
        ],
        [
            "At last the {O} was ready. It was [strong and beautiful|better than in {s} dream], and everyone "
            "came to see it.",
            "In the end the {O} stood there, and it worked! {H} and {F} danced with joy.",
        ],
    ],
    "fear": [
        [
            "But {H} had a secret: {h} was afraid of [the dark|deep water|loud noises|high places].",
            "There was only one problem. {H} was afraid of [the dark|thunder|high places|strangers].",
        ],
        [
            "One night a storm came, and {s} friend {F} the {fk} was lost near the {L2}. {H} had only {aoO} "
            "with {m}.",
            "One evening {F}, {s} little friend the {fk}, did not come home. {H} took {aoO} and stood at the "
            "door.",
        ],
        [
            "{h} took one step and stopped. {s2} legs were shaking. {h} tried again, but {h} heard a strange "
            "sound and ran back.",
            "At first {h} could not move. \"I am too scared,\" {h} whispered. {h} closed {s} eyes and tried "
            "once more, but {s} heart beat fast.",
        ],
        [
            "Then {h} held the {O} tightly and said, \"My friend needs me.\" Step by step {h} walked to the "
            "{L2}.",
            "Then {H} looked at the {O} and took a deep breath. \"I can be brave,\" {h} said, and {h} went on.",
        ],
        [
            "There sat {F}, cold and wet. \"You came!\" cried {F}. {H} led {fm} home, and the {O} showed the "
            "way.",
            "{h} found {F} behind a rock. They held the {O} together and walked home singing.",
        ],
        [
            "From that day on, {H} was still afraid sometimes, but {h} knew what to do.",
        ],
    ],
    "storm": [
        [
            "[One night|One day|One autumn evening], a great storm came to the {L}. The wind howled, and the "
            "water rose.",
            "Then it began to rain. It rained for three days, and the {L} was full of water.",
        ],
        [
            "{H} heard a cry. {F} the {fk} was [sitting on a small rock in the water|stuck in a tree|trapped "
            "on a roof]. \"Help!\" cried {F}.",
            "{afk}{fnamed} was in trouble. The water was all around {fm}. \"Please help me!\" {F} called.",
        ],
        [
            "{H} tried to swim, but the water was too fast. {h} threw a branch, but it broke.",
            "First {h} called for help, but nobody heard. Then {h} threw a rope, but it was too short.",
        ],
        [
            "Then {H} saw {aoO}. \"I have an idea!\" {h} said, and {h} used the {O} to reach {F}.",
            "Suddenly {h} remembered the {O} at home. {h} ran to get the {oO} and pushed it across the water.",
        ],
        [
            "{F} held on tight, and {H} pulled with all {s} strength. At last {F} was safe.",
            "Slowly, slowly, {F} came closer, until {H} could take {s3} hand. They were safe.",
        ],
        [
            "When the sun came out, everyone thanked {H}. The {O} got a special place [above the door|by the "
            "fire|in the house].",
        ],
    ],
    "share": [
        DEAR_THING,
        [
            "[One day|One afternoon], {F} the {fk} came and asked, \"May I [use|hold|play with] your {O}?\" "
            "\"No, it is mine!\" said {H}.",
            "{s2} neighbor was {afk}{fnamed}. {F} had nothing like it. \"May I try the {O}?\" {fh} asked. But "
            "{H} said no.",
        ],
        [
            "{F} went away sadly. {H} sat alone with the {O}, but it was not much fun. {h} tried to "
            "[smile|play|sing], but it felt empty.",
            "So {H} kept the {O} in a locked room. {h} played with it alone in the morning, and alone in the "
            "evening, and {h} became lonely.",
        ],
        [
            "Then {H} thought about {F}. \"A {O} is nicer with a friend,\" {h} said.",
            "An old {k2} saw {m} and said, \"Joy grows when you share it.\" {H} thought about this for a long "
            "time.",
        ],
        [
            "The next day {h} brought the {O} to {F}. \"I am sorry. Let us use it together,\" {h} said. {F} "
            "smiled from ear to ear.",
            "{h} ran to {F} and gave {fm} the {O}. \"Today it is your turn,\" said {H}. {F} was very happy.",
        ],
        [
            "They played until the stars came out. From then on they shared everything.",
        ],
    ],
    "baby": [
        [
            "[One morning|One rainy day], {H} heard a soft cry near the {L2}. It was a baby {fk}, all alone.",
            "While {h} was walking, {H} found a baby {fk} [under a bush|behind a stone]. It was lost and "
            "cold.",
        ],
        [
            "\"Where is your mother?\" asked {H}. The baby {fk} did not know. It only held {aoO}.",
            "The baby {fk} had nothing but {aoO}. \"I want to go home,\" it said.",
        ],
        [
            "First they asked at the {L}, but nobody knew the baby. Then they walked up the hill and called, "
            "but only the wind answered.",
            "They looked along the river, but they found no one. They looked in the village, but the doors "
            "were closed.",
        ],
        [
            "Then {H} looked at the {O}. There was a small mark on it, a mark from the {L3}. \"Now I know the "
            "way!\" {h} said.",
            "Then {H} had an idea. {h} held the {O} up high, so that it could be seen from far away.",
        ],
        [
            "Soon they heard a happy shout. The mother {fk} came running and hugged her baby.",
            "At the {L3} the mother was waiting. \"My child!\" she cried with tears of joy.",
        ],
        [
            "\"Thank you, {H},\" said the mother. \"Please keep the {O}.\" {H} went home with a warm heart.",
        ],
    ],
    "repair": [
        [
            "[One day|One morning], the {oO} of the {L} was broken. Nobody could use it, and everyone was "
            "sad.",
            "In the middle of the {L} there was {aoO}. One night it broke with a crack.",
        ],
        [
            "{H} wanted to repair it. First {h} used [glue|a nail|a string], but it did not hold. Then {h} "
            "used [tape|wax|a rope], but it broke again.",
            "\"I will fix the {O},\" said {H}. {h} worked all day, but the {O} did not work. {h} worked all "
            "night, but it was still broken.",
        ],
        [
            "{F} the {fk} watched {m}. \"May I look?\" asked {F}. \"One small piece is missing.\"",
            "Then {F}, {afk} with sharp eyes, said, \"Look, a little piece is lost.\"",
        ],
        [
            "They searched the {L2} and found the piece [in the sand|under a leaf|in a nest]. {H} put it in "
            "with great care.",
            "So they went to the {L2}, and there it was, shining in the grass. {F} held the {O}, and {H} put "
            "the piece back.",
        ],
        [
            "Click! The {O} was whole again. Everyone clapped.",
            "The {O} worked better than before, and the people of the {L} cheered.",
        ],
        [
            "\"Two heads are better than one,\" said {H}, and {F} laughed.",
        ],
    ],
    "race": [
        [
            "There was a race in the {L}, and the prize was {aoO}. {H} wanted to win it very much.",
            "[One day|Every summer] there was a great race to the {L2}. The winner would get {aoO}.",
        ],
        [
            "{F} the {fk} was the fastest of all. \"You will never win,\" {fh} laughed.",
            "The best runner was {F} the {fk}. {H} knew that {h} was slower.",
        ],
        [
            "{H} trained every day. The first day {h} fell. The second day {h} got lost. But {h} did not give"
            " up.",
            "In the first round {H} was last. In the second round {h} slipped in the mud. But {h} got up "
            "again.",
        ],
        [
            "In the race, {F} ran so fast that {fh} fell [into a ditch|over a root]. {H} could win now, but "
            "{h} stopped to help.",
            "Near the end {F} hurt a foot and sat down. {H} saw the {O} at the finish, but {h} turned back to"
            " help {F}.",
        ],
        [
            "They crossed the line together, and everyone cheered. They both got the {O}.",
            "Hand in hand they came to the end. \"You are both winners,\" said the old {k2}, and gave them the "
            "{O}.",
        ],
        [
            "From that day on {H} and {F} were best friends.",
        ],
    ],
    "gift": [
        [
            "Soon it would be the birthday of {F} the {fk}. {H} wanted to give {fm} a gift, but {h} had no "
            "money.",
            "{H} had a dear friend, {F} the {fk}. {F} wished for {aoO} more than anything.",
        ],
        [
            "{h} tried to sell [apples|flowers|songs], but nobody bought any. {h} tried to find a treasure, "
            "but {h} only found old stones.",
            "First {h} asked at the market, but {aO} cost too much. Then {h} tried to make one, but it fell "
            "apart.",
        ],
        [
            "An old {k2} saw {m} and said, \"Help me in my garden, and I will give you {aoO}.\" {H} worked hard"
            " for three days.",
            "Then {H} met an old {k2}. \"If you carry my wood to the {L2}, you may have my {oO},\" the {k2} "
            "said. So {H} carried the wood.",
        ],
        [
            "On the birthday, {H} gave the {O} to {F}. {F} could not believe {fs} eyes.",
            "At the party {H} took out the {oO}. \"It is for you,\" {h} said.",
        ],
        [
            "\"The best gift is that you thought of me,\" said {F}, and they ate cake together.",
            "{F} was so happy that {fh} began to dance, and everyone danced too.",
        ],
    ],
    "truth": [
        [
            "In the house of {s} friend {F} the {fk} there was {aoO}. {F} loved it very much.",
            "{F} the {fk} had {aoO}. \"Please be careful with it,\" {F} said to {H}.",
        ],
        [
            "[One day|One afternoon] {H} played too wildly, and the {O} fell down and broke. Nobody had seen "
            "it.",
            "[One day|One morning] {H} bumped into the table. Crash! The {O} lay on the floor in two pieces.",
        ],
        [
            "{H} hid the pieces. When {F} asked, {h} said, \"I do not know.\" But {s} stomach hurt, and {h} "
            "could not sleep.",
            "First {h} wanted to blame the wind. Then {h} wanted to run away. But {s} heart felt heavy.",
        ],
        [
            "In the morning {H} went to {F} and said, \"It was me. I broke the {O}. I am sorry.\"",
            "At last {h} told the truth. \"I broke your {O}, and I am very sorry,\" said {H}.",
        ],
        [
            "{F} was quiet, and then {fh} smiled. \"Thank you for being honest. We can fix it together.\"",
            "\"I am sad about the {O}, but I am glad that you told me,\" said {F}.",
        ],
        [
            "They glued the {O} together, and it looked almost new. {H} felt light and free again.",
        ],
    ],
    "seed": [
        [
            "[One spring day|One day], {H} found a tiny seed next to {aoO}. \"I will plant it,\" {h} said.",
            "An old {k2} gave {H} a small seed and {aoO}. \"Be patient,\" the {k2} said.",
        ],
        [
            "{H} put the seed in the ground and gave it water. The next day nothing had grown. The day after,"
            " there was still nothing.",
            "Every morning {h} looked at the ground, but there was only earth. {h} sang to it, but nothing "
            "happened.",
        ],
        [
            "\"It does not work,\" said {H}. \"Wait a little,\" said {F} the {fk}. \"Good things need time.\"",
            "{H} wanted to dig it up. But {F}, {s} friend the {fk}, said, \"Do not dig. Give it time.\"",
        ],
        [
            "So {H} waited. {h} used the {O} to [keep the seed warm|carry water|scare the crows away] every "
            "day.",
            "{H} waited all week, and the {O} stood beside the little bed of earth.",
        ],
        [
            "One morning there was a green leaf, and soon a [tall flower|small tree|big pumpkin] grew there. "
            "Everyone came to see it.",
            "Then, after the rain, a little green tip came out. By summer it was [a tree full of apples|a "
            "bush full of berries|the tallest flower of all].",
        ],
        [
            "{H} shared the [fruit|seeds|shade] with {F}, and they were happy.",
        ],
    ],
    "sound": [
        [
            "[One night|One evening], {H} heard a strange sound from the {L2}. Knock, knock, knock!",
            "[One day|One night], there was a strange light near the {L2}. Nobody knew what it was.",
        ],
        [
            "Everyone was scared. \"It is a monster,\" said {F} the {fk}. But {H} wanted to know the truth.",
            "\"Do not go there,\" said {F} the {fk}. But {H} was too curious.",
        ],
        [
            "First {h} looked through the window, but it was too dark. Then {h} climbed a tree, but {h} saw "
            "only shadows.",
            "{h} walked to the first gate, but the sound stopped. {h} walked to the second gate, and the "
            "sound came again.",
        ],
        [
            "At last {H} went in. There was no monster. It was only {aoO}, [moving in the wind|hitting a "
            "wall|shining in the moonlight]!",
            "Then {h} pushed the bushes aside and laughed. It was only {aoO} that [somebody had forgotten|the"
            " wind was shaking].",
        ],
        [
            "{H} carried the {O} home and showed it to {F}. They laughed until their bellies hurt.",
            "\"Look, here is your monster,\" said {H}, and put the {O} on the table. Even {F} had to laugh.",
        ],
    ],
    "newfriend": [
        [
            "A new neighbor came to the {L}. It was {afk}{fnamed}, and {fh} was very shy.",
            "[One day|One morning] {afk}{fnamed} moved to the {L}. {F} did not speak to anyone.",
        ],
        [
            "{H} said hello, but {F} looked at the ground. {H} brought some [bread|berries|flowers], but {F} "
            "closed the door.",
            "{H} asked {fm} to play, but {F} shook {fs} head. The next day {H} waved, but {F} hid behind a "
            "tree.",
        ],
        [
            "Then {H} had an idea. {h} took {aoO} and put it in front of {F}'s door with a note: \"Do you want"
            " to play?\"",
            "Then {H} saw that {F} was looking at {s} {oO}. \"Do you like the {O}?\" asked {H} softly.",
        ],
        [
            "Slowly the door opened. \"I like the {O},\" said {F}. \"I have never had a friend before.\"",
            "{F} nodded. \"I had {aO} once too,\" {fh} said, and {fh} smiled for the first time.",
        ],
        [
            "They played with the {O} all afternoon and told each other many stories.",
            "Soon they were laughing together, and the {O} went from hand to hand.",
        ],
        [
            "From that day on, {F} was not shy anymore, and {H} had a new friend.",
        ],
    ],
    "learn": [
        [
            "{H} wanted to learn to {v}, but it was very hard.",
            "More than anything, {H} wanted to {v} well. But {h} did not know how.",
        ],
        [
            "The first time {h} tried, {h} fell down. The second time, everyone laughed.",
            "{h} tried on Monday, but it went wrong. {h} tried on Tuesday, and it was even worse.",
        ],
        [
            "{F} the {fk} said, \"I can teach you. But first you must practice every day.\" {fh2} gave {H} "
            "{aoO} to help.",
            "Then {afk}{fnamed} came and gave {m} {aoO}. \"Use this and do not give up,\" said {F}.",
        ],
        [
            "{H} practiced in the morning and in the evening. The {O} helped {m} to keep going.",
            "Day after day {H} practiced in the {L2} with the {O} at {s} side.",
        ],
        [
            "At last there was a big feast in the {L}. {H} stepped forward and began to {v}. Everyone was "
            "amazed.",
            "One day {h} could do it! {H} could {v} better than anyone in the {L}.",
        ],
        [
            "\"Thank you for the {O}, and for your patience,\" {H} said to {F}.",
        ],
    ],
    "trade": [
        [
            "{H} wanted {aoO}, but {h} had only [an apple|a button|a feather].",
            "{H} saw {aoO} at the market, but {h} had only [a small coin|a piece of bread|a feather].",
        ],
        [
            "{h} gave it to a [farmer|cook|sailor], who gave {m} a [rope|hat|spoon]. {h} gave that to a "
            "[miller|baker|tailor], who gave {m} a [bag of flour|warm cake|fine coat].",
            "First {h} asked the [baker|miller], but the answer was no. Then {h} asked the [farmer|tailor], "
            "but the answer was no again.",
        ],
        [
            "Then {h} met {F} the {fk}, who was [cold and hungry|tired and sad]. {H} gave {fm} everything {h}"
            " had.",
            "On the road sat {F} the {fk}, and {fh} was hungry. {H} gave {fm} all that {h} had and asked for "
            "nothing.",
        ],
        [
            "{F} smiled. \"You are kind. I do not need this {O} any more,\" {fh} said, and gave it to {H}.",
            "\"Kindness should be answered,\" said {F}, and took {aoO} out of {fs} bag. \"It is yours.\"",
        ],
        [
            "{H} went home with the {O} and a new friend.",
            "So {H} got the {O} after all, and {h} never forgot {F}.",
        ],
    ],
    "map": [
        [
            "[One day|One morning], {H} found an old map. It showed a path from the {L} to the {L2}.",
            "{F} the {fk} showed {H} an old map. \"There is something hidden in the {L2},\" {F} said.",
        ],
        [
            "{H} and {F} packed some bread and left at dawn. They crossed a river and climbed a hill.",
            "They walked the whole day. The path was [steep|long|full of stones], but they did not stop.",
        ],
        [
            "First they took the wrong turn and came to a wall. Then they fell into [the mud|a bush], but "
            "they only laughed.",
            "Twice they got lost. \"Shall we go home?\" asked {F}. \"One more try,\" said {H}.",
        ],
        [
            "At the end of the path they found [an old tree|a small door|a big rock]. Under it lay {aoO}.",
            "Then they saw a cross on the ground. They dug and dug, and they found {aoO}.",
        ],
        [
            "\"It is not gold,\" said {F}. \"It is better,\" said {H}. \"It is our {O}, and we found it together.\"",
            "They carried the {O} home, and everyone in the {L} wanted to hear the story.",
        ],
    ],
}

ENDINGS = [
    "And [so|that is how] {H} learned that {moral}.",
    "[From then on|After that day], {H} always remembered that {moral}.",
    "{H} smiled and thought that {moral}.",
    "And they all lived happily [ever after|for a long time].",
    "[That night|That evening], {H} slept well and dreamed of [tomorrow|the stars|new adventures].",
    "The end.",
    "It was [the best day|a day] {H} would never forget.",
]

MORALS = {
    "lost": ["a friend makes every search easier", "it is good to ask for help"],
    "build": ["good work needs a plan and a friend", "you should not give up after the first try"],
    "fear": ["being brave means to go on even when you are afraid", "love is stronger than fear"],
    "storm": ["a good idea can save the day", "friends help each other in danger"],
    "share": ["sharing makes joy grow", "things are nicer with a friend"],
    "baby": ["kindness always finds a way", "it is good to help the little ones"],
    "repair": ["two can do what one cannot", "small things matter"],
    "race": ["helping is better than winning", "a friend is the best prize"],
    "gift": ["the best gifts come from the heart", "work for a friend is never hard"],
    "truth": ["the truth makes the heart light", "it is brave to be honest"],
    "seed": ["good things need time", "patience brings sweet fruit"],
    "sound": ["many fears are small when you look at them closely", "it is good to look before you are afraid"],
    "newfriend": ["a little patience can open any door", "everyone needs a friend"],
    "learn": ["practice makes you strong", "you can learn anything if you do not give up"],
    "trade": ["kindness comes back to you", "giving is better than having"],
    "map": ["the best treasure is a friend", "the way can be better than the goal"],
}

# A theme that a visitor may ask for, and the plans that show it.
THEMES = {
    "friendship": "newfriend share race lost".split(),
    "sharing": "share trade".split(),
    "courage": "fear storm".split(),
    "being brave": "fear storm".split(),
    "bravery": "fear storm".split(),
    "honesty": "truth".split(),
    "telling the truth": "truth".split(),
    "patience": "seed learn".split(),
    "kindness": "trade baby gift".split(),
    "helping others": "baby storm repair race".split(),
    "working together": "build repair map".split(),
    "a race": "race".split(),
    "a treasure hunt": "map".split(),
    "an adventure": "map sound".split(),
    "a birthday": "gift".split(),
    "a storm": "storm".split(),
    "a new neighbor": "newfriend".split(),
    "never giving up": "learn build".split(),
    "a lost thing": "lost".split(),
    "a mystery": "sound".split(),
    "growing a plant": "seed".split(),
}
